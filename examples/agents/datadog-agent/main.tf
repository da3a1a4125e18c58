# The Datadog agent: DogStatsD and traces by sockets on the instance, metrics of containers by containerd.
resource "ecs_daemon_task_definition" "this" {
  family             = var.name
  cpu                = "512"
  memory             = "512"
  execution_role_arn = var.execution_role_arn
  task_role_arn      = var.task_role_arn

  container_definition {
    name               = "datadog-agent"
    image              = var.image
    memory_reservation = 256

    dynamic "environment" {
      for_each = {
        DD_SITE                        = var.site
        ECS_MANAGED_INSTANCES          = "true"
        DD_ECS_TASK_COLLECTION_ENABLED = "true"
        DD_CRI_SOCKET_PATH             = "/var/run/containerd/containerd.sock"
        DD_USE_DOGSTATSD               = "true"
        DD_DOGSTATSD_SOCKET            = "/var/run/datadog/dsd.socket"
        DD_DOGSTATSD_ORIGIN_DETECTION  = "true"
        DD_DOGSTATSD_PORT              = tostring(var.dogstatsd_port)
        DD_DOGSTATSD_NON_LOCAL_TRAFFIC = tostring(var.dogstatsd_port > 0)
        DD_APM_ENABLED                 = "true"
        DD_APM_RECEIVER_SOCKET         = "/var/run/datadog/apm.socket"
      }

      content {
        name  = environment.key
        value = environment.value
      }
    }

    secret {
      name       = "DD_API_KEY"
      value_from = var.api_key_secret_arn
    }

    health_check {
      command      = ["CMD-SHELL", "agent health"]
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
      source_volume  = "containerd"
      container_path = "/var/run/containerd/containerd.sock"
      read_only      = true
    }

    mount_point {
      source_volume  = "proc"
      container_path = "/host/proc"
      read_only      = true
    }

    mount_point {
      source_volume  = "cgroup"
      container_path = "/host/sys/fs/cgroup"
      read_only      = true
    }

    # Written by the agent: the sockets that applications mount.
    mount_point {
      source_volume  = "sockets"
      container_path = "/var/run/datadog"
    }

    dynamic "mount_point" {
      for_each = var.network_monitoring ? ["/sys/kernel/debug"] : []

      content {
        source_volume  = "debug"
        container_path = mount_point.value
      }
    }

    dynamic "linux_parameters" {
      for_each = var.network_monitoring ? [1] : []

      content {
        capabilities {
          add = [
            "CHOWN", "IPC_LOCK", "NET_ADMIN", "NET_BROADCAST", "NET_RAW", "SYS_ADMIN", "SYS_PTRACE", "SYS_RESOURCE",
          ]
        }
      }
    }
  }

  volume {
    name = "containerd"

    host {
      source_path = "/var/run/containerd/containerd.sock"
    }
  }

  volume {
    name = "proc"

    host {
      source_path = "/proc/"
    }
  }

  volume {
    name = "cgroup"

    host {
      source_path = "/sys/fs/cgroup/"
    }
  }

  volume {
    name = "sockets"

    host {
      source_path = "/var/run/datadog"
    }
  }

  dynamic "volume" {
    for_each = var.network_monitoring ? ["/sys/kernel/debug"] : []

    content {
      name = "debug"

      host {
        source_path = volume.value
      }
    }
  }

  tags = var.tags
}

resource "ecs_daemon" "this" {
  name                       = var.name
  cluster_arn                = var.cluster_arn
  daemon_task_definition_arn = ecs_daemon_task_definition.this.arn
  capacity_provider_arns     = var.capacity_provider_arns

  # The health check is the vendor's. Where it flaps, a critical daemon would have instances replaced for it.
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
