resource "ecs_daemon_task_definition" "this" {
  count = var.create ? 1 : 0

  family             = var.name
  cpu                = tostring(var.cpu)
  memory             = tostring(var.memory)
  task_role_arn      = var.task_role_arn
  execution_role_arn = var.execution_role_arn

  dynamic "container_definition" {
    for_each = var.containers

    content {
      name               = container_definition.key
      image              = container_definition.value.image
      essential          = container_definition.value.essential
      command            = container_definition.value.command
      memory_reservation = container_definition.value.memory_reservation
      privileged         = container_definition.value.privileged

      dynamic "environment" {
        for_each = container_definition.value.environment

        content {
          name  = environment.key
          value = environment.value
        }
      }

      dynamic "secret" {
        for_each = container_definition.value.secrets

        content {
          name       = secret.key
          value_from = secret.value
        }
      }

      dynamic "mount_point" {
        for_each = container_definition.value.mounts

        content {
          source_volume  = mount_point.key
          container_path = mount_point.value.path
          read_only      = mount_point.value.read_only
        }
      }

      dynamic "health_check" {
        for_each = container_definition.value.health_check[*]

        content {
          command      = health_check.value.command
          interval     = health_check.value.interval
          retries      = health_check.value.retries
          start_period = health_check.value.start_period
        }
      }

      dynamic "log_configuration" {
        for_each = container_definition.value.log_configuration[*]

        content {
          log_driver = log_configuration.value.log_driver
          options    = log_configuration.value.options
        }
      }
    }
  }

  dynamic "volume" {
    for_each = var.host_volumes

    content {
      name = volume.key

      host {
        source_path = volume.value
      }
    }
  }

  tags = var.tags
}

resource "ecs_daemon" "this" {
  count = var.create ? 1 : 0

  name                       = var.name
  cluster_arn                = var.cluster_arn
  daemon_task_definition_arn = ecs_daemon_task_definition.this[0].arn
  capacity_provider_arns     = var.capacity_provider_arns

  critical                = var.critical
  enable_ecs_managed_tags = var.enable_ecs_managed_tags
  enable_execute_command  = var.enable_execute_command
  propagate_tags          = length(var.tags) > 0 ? "DAEMON" : "NONE"
  wait_for_deployment     = var.wait_for_deployment

  deployment_configuration {
    drain_percent        = var.deployment.drain_percent
    bake_time_in_minutes = var.deployment.bake_time_in_minutes

    dynamic "alarms" {
      for_each = length(var.deployment.alarm_names) > 0 ? [var.deployment.alarm_names] : []

      content {
        alarm_names = alarms.value
        enable      = true
      }
    }
  }

  tags = var.tags
}
