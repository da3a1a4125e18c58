# Fluent Bit as log router: it reads the log files of all containers of the instance and takes records by the Forward protocol.
resource "ecs_daemon_task_definition" "this" {
  family             = var.name
  cpu                = "256"
  memory             = "256"
  execution_role_arn = var.execution_role_arn
  task_role_arn      = var.task_role_arn

  container_definition {
    name               = "fluent-bit"
    image              = var.image
    memory_reservation = 128
    entry_point        = ["/fluent-bit/bin/fluent-bit"]

    command = [
      # The monitoring server, for the health check.
      "-H", "-P", "2020",
      # json-file logs of other containers: one folder for each container.
      "-i", "tail", "-t", "containers.*",
      "-p", "path=/var/log/ecs/*/*-json.log", "-p", "multiline.parser=docker", "-p", "refresh_interval=5",
      "-i", "forward", "-t", "forward", "-p", "listen=0.0.0.0", "-p", "port=24224",
      "-o", "cloudwatch_logs", "-m", "*",
      "-p", "region=${var.region}", "-p", "log_group_name=${var.application_log_group}",
      "-p", "log_stream_prefix=instance-",
    ]

    health_check {
      command      = ["CMD-SHELL", "curl -f http://127.0.0.1:2020/api/v1/uptime || exit 1"]
      interval     = 30
      timeout      = 5
      retries      = 3
      start_period = 15
    }

    log_configuration {
      log_driver = "awslogs"
      options = {
        "awslogs-group"         = var.log_group
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = var.name
      }
    }

    mount_point {
      source_volume  = "logs"
      container_path = "/var/log/ecs"
      read_only      = true
    }
  }

  # The files that the log driver json-file writes, of every container of the instance that uses it.
  volume {
    name = "logs"

    log_driver_volume_configuration {
      driver = "json-file"
    }
  }

  tags = var.tags
}

resource "ecs_daemon" "this" {
  name                       = var.name
  cluster_arn                = var.cluster_arn
  daemon_task_definition_arn = ecs_daemon_task_definition.this.arn
  capacity_provider_arns     = var.capacity_provider_arns

  # Applications run only where their logs are collected: an instance takes no task before the router runs.
  critical                = true
  enable_ecs_managed_tags = true
  propagate_tags          = length(var.tags) > 0 ? "DAEMON" : "NONE"

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
