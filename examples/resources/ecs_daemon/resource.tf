resource "ecs_daemon" "example" {
  name                       = "log-agent"
  cluster_arn                = "arn:aws:ecs:us-east-1:123456789012:cluster/production"
  daemon_task_definition_arn = ecs_daemon_task_definition.example.arn
  capacity_provider_arns     = ["arn:aws:ecs:us-east-1:123456789012:capacity-provider/managed"]

  critical       = false
  propagate_tags = "DAEMON"

  # ECS Exec also needs the four ssmmessages actions in the task role.
  enable_execute_command = true

  deployment_configuration {
    drain_percent        = 10
    bake_time_in_minutes = 5

    alarms {
      alarm_names = ["log-agent-errors"]
      enable      = true
    }
  }
}
