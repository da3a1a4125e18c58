resource "ecs_daemon" "complete" {
  name                       = "security-agent"
  cluster_arn                = "arn:aws:ecs:us-east-1:123456789012:cluster/production"
  daemon_task_definition_arn = ecs_daemon_task_definition.complete.arn
  capacity_provider_arns = [
    "arn:aws:ecs:us-east-1:123456789012:capacity-provider/managed",
    "arn:aws:ecs:us-east-1:123456789012:capacity-provider/managed-gpu",
  ]
  region = "us-east-1"

  critical                = true
  enable_ecs_managed_tags = true
  propagate_tags          = "DAEMON"

  # ECS Exec also needs the four ssmmessages actions in the task role.
  enable_execute_command = true

  deployment_configuration {
    drain_percent        = 10
    bake_time_in_minutes = 15

    alarms {
      alarm_names = ["security-agent-errors", "security-agent-silent"]
      enable      = true
    }
  }

  tags = {
    team = "security"
  }

  # A change of a value rolls the daemon out anew with the same settings.
  triggers = {
    rules = "2026-11-30"
  }

  wait_for_deployment = true

  timeouts {
    create = "2h"
    update = "4h"
    delete = "2h"
  }
}
