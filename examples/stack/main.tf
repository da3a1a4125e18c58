# A log agent on every instance: three settings away from their defaults, so that an outside update
# that leaves them out shows in the next plan.
resource "ecs_daemon_task_definition" "agent" {
  family = var.name
  cpu    = "256"
  memory = "512"

  container_definition {
    name               = "agent"
    image              = var.image
    memory_reservation = 256
  }
}

resource "ecs_daemon" "agent" {
  name                       = var.name
  cluster_arn                = var.cluster_arn
  daemon_task_definition_arn = ecs_daemon_task_definition.agent.arn
  capacity_provider_arns     = var.capacity_provider_arns

  critical       = false
  propagate_tags = "DAEMON"

  # ECS Exec also needs a task role with the four ssmmessages actions, which this agent does not have.
  enable_execute_command = true

  deployment_configuration {
    drain_percent = 50
  }

  tags = {
    team = "platform"
  }
}
