locals {
  # The blocks are a set, in which the same name may stand twice: merged by name first, the later one wins.
  environment = merge(
    { AGENT_LOG_LEVEL = "info" },
    { for variable in var.environment : variable.name => variable.value },
  )
}

# Was aws_ecs_daemon_task_definition.
resource "ecs_daemon_task_definition" "agent" {
  family             = var.name
  cpu                = var.cpu
  memory             = var.memory
  execution_role_arn = var.execution_role_arn
  task_role_arn      = var.task_role_arn

  container_definition {
    name               = "agent"
    image              = var.image
    memory_reservation = var.memory_reservation

    dynamic "environment" {
      for_each = toset([for name, value in local.environment : { name = name, value = value }])

      content {
        name  = environment.value.name
        value = environment.value.value
      }
    }

    dynamic "secret" {
      for_each = var.secrets

      content {
        name       = secret.key
        value_from = secret.value
      }
    }

    dynamic "health_check" {
      for_each = var.health_check == null ? [] : [var.health_check]

      content {
        command      = health_check.value.command
        interval     = health_check.value.interval
        retries      = health_check.value.retries
        start_period = health_check.value.start_period
        timeout      = health_check.value.timeout
      }
    }

    dynamic "linux_parameters" {
      for_each = length(var.capabilities) > 0 ? [var.capabilities] : []

      content {
        capabilities {
          add  = linux_parameters.value
          drop = []
        }
      }
    }

    dynamic "log_configuration" {
      for_each = var.log_configuration == null ? [] : [var.log_configuration]

      content {
        log_driver = log_configuration.value.log_driver
        options    = log_configuration.value.options

        dynamic "secret_option" {
          for_each = coalesce(log_configuration.value.secret_options, [])

          content {
            name       = secret_option.value.name
            value_from = secret_option.value.value_from
          }
        }
      }
    }

    dynamic "mount_point" {
      for_each = var.volumes

      content {
        source_volume  = mount_point.value.name
        container_path = mount_point.value.container_path
        read_only      = mount_point.value.read_only
      }
    }
  }

  dynamic "volume" {
    for_each = var.volumes

    content {
      name = volume.value.name

      dynamic "host" {
        for_each = volume.value.host_path == null ? [] : [volume.value.host_path]

        content {
          source_path = host.value
        }
      }
    }
  }

  tags = merge(var.tags, { module = "agent" })
}

# Was aws_ecs_daemon.
resource "ecs_daemon" "agent" {
  count = var.create_daemon ? 1 : 0

  name                       = var.name
  cluster_arn                = var.cluster_arn
  daemon_task_definition_arn = ecs_daemon_task_definition.agent.arn
  capacity_provider_arns     = var.capacity_provider_arns

  critical                = var.critical
  enable_ecs_managed_tags = var.enable_ecs_managed_tags
  enable_execute_command  = var.enable_execute_command
  propagate_tags          = var.propagate_tags

  deployment_configuration {
    drain_percent        = var.deployment_configuration.drain_percent
    bake_time_in_minutes = var.deployment_configuration.bake_time_in_minutes

    alarms {
      alarm_names = var.deployment_configuration.alarms.alarm_names
      enable      = var.deployment_configuration.alarms.enable
    }
  }

  tags = merge(var.tags, { module = "agent" })

  depends_on = [ecs_daemon_task_definition.agent]
}
