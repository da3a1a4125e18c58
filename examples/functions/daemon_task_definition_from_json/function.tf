# task-definition.json is what `aws ecs register-daemon-task-definition --cli-input-json` takes.
locals {
  log_agent = provider::ecs::daemon_task_definition_from_json(jsonencode({
    family = "log-agent"
    containerDefinitions = [{
      name        = "agent"
      image       = "public.ecr.aws/docker/library/busybox:1.36"
      command     = ["sleep", "infinity"]
      environment = [{ name = "LOG_LEVEL", value = "info" }]
    }]
  }))
}

resource "ecs_daemon_task_definition" "log_agent" {
  family = local.log_agent.family
  cpu    = local.log_agent.cpu
  memory = local.log_agent.memory
  tags   = local.log_agent.tags

  dynamic "container_definition" {
    for_each = local.log_agent.container_definition
    iterator = container

    content {
      name      = container.value.name
      image     = container.value.image
      command   = container.value.command
      essential = container.value.essential

      dynamic "environment" {
        for_each = container.value.environment

        content {
          name  = environment.value.name
          value = environment.value.value
        }
      }
    }
  }
}
