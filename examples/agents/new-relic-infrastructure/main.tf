# The infrastructure agent of New Relic: processes, storage and containers of the instance.
resource "ecs_daemon_task_definition" "this" {
  family             = var.name
  cpu                = "256"
  memory             = "512"
  execution_role_arn = var.execution_role_arn
  pid_mode           = "shared"

  container_definition {
    name               = "newrelic-infra"
    image              = var.image
    memory_reservation = 256
    # The vendor's list of privileges: privileged, SYS_PTRACE, and the processes of the instance (pid_mode).
    privileged = true

    secret {
      name       = "NRIA_LICENSE_KEY"
      value_from = var.license_key_secret_arn
    }

    linux_parameters {
      capabilities {
        add = ["SYS_PTRACE"]
      }
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
      source_volume  = "host"
      container_path = "/host"
      read_only      = true
    }

    mount_point {
      source_volume  = "containerd"
      container_path = "/run/containerd/containerd.sock"
      read_only      = true
    }
  }

  volume {
    name = "host"

    host {
      source_path = "/"
    }
  }

  volume {
    name = "containerd"

    host {
      source_path = "/run/containerd/containerd.sock"
    }
  }

  tags = var.tags
}

resource "ecs_daemon" "this" {
  name                       = var.name
  cluster_arn                = var.cluster_arn
  daemon_task_definition_arn = ecs_daemon_task_definition.this.arn
  capacity_provider_arns     = var.capacity_provider_arns

  # The agent observes and takes no part in requests.
  critical                = false
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
