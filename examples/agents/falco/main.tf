# Falco with the modern eBPF probe: it watches system calls of the instance and logs what its rules find.
resource "ecs_daemon_task_definition" "this" {
  family             = var.name
  cpu                = "512"
  memory             = "1024"
  execution_role_arn = var.execution_role_arn

  container_definition {
    name               = "falco"
    image              = var.image
    memory_reservation = 512

    # The web server would take port 8765 of all daemons, and nothing asks it.
    command = [
      "falco", "-o", "engine.kind=modern_ebpf", "-o", "json_output=true", "-o", "webserver.enabled=false",
    ]

    # The vendor's least privileges. BPF and PERFMON would do instead of SYS_ADMIN; ECS does not offer them.
    linux_parameters {
      capabilities {
        add  = ["SYS_ADMIN", "SYS_PTRACE", "SYS_RESOURCE"]
        drop = ["ALL"]
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
      source_volume  = "proc"
      container_path = "/host/proc"
      read_only      = true
    }

    mount_point {
      source_volume  = "etc"
      container_path = "/host/etc"
      read_only      = true
    }

    mount_point {
      source_volume  = "tracing"
      container_path = "/sys/kernel/tracing"
      read_only      = true
    }

    mount_point {
      source_volume  = "containerd"
      container_path = "/host/run/containerd/containerd.sock"
      read_only      = true
    }
  }

  volume {
    name = "proc"

    host {
      source_path = "/proc"
    }
  }

  volume {
    name = "etc"

    host {
      source_path = "/etc"
    }
  }

  volume {
    name = "tracing"

    host {
      source_path = "/sys/kernel/tracing"
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

  # Nothing runs unobserved: an instance takes no task before Falco runs.
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
