resource "ecs_daemon_task_definition" "minimal" {
  family = "metrics-agent"
  cpu    = "128"
  memory = "256"

  container_definition {
    name  = "agent"
    image = "registry.example.com/metrics-agent:1.4.2"
  }
}
