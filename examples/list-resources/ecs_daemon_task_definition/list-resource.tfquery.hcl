# The latest active revision of each family.
list "ecs_daemon_task_definition" "log_agents" {
  provider = ecs

  config {
    family_prefix = "log-"
  }
}
