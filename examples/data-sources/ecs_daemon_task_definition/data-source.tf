# The latest active revision of a family that another configuration registers.
data "ecs_daemon_task_definition" "log_agent" {
  family = "log-agent"
}

output "image" {
  value = data.ecs_daemon_task_definition.log_agent.container_definition[0].image
}
