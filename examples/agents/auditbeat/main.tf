# Auditbeat: events of the kernel's audit framework, and changes of files of the instance.
locals {
  configuration = {
    "auditbeat.modules" = [
      {
        module      = "auditd"
        audit_rules = join("\n", var.audit_rules)
      },
      {
        module    = "file_integrity"
        paths     = ["/host/etc"]
        recursive = true
      },
    ]
    "output.elasticsearch" = {
      hosts    = ["$${ELASTICSEARCH_HOSTS}"]
      username = "$${ELASTICSEARCH_USERNAME}"
      password = "$${ELASTICSEARCH_PASSWORD}"
    }
  }
}

resource "ecs_daemon_task_definition" "this" {
  family             = var.name
  cpu                = "256"
  memory             = "512"
  execution_role_arn = var.execution_role_arn
  pid_mode           = "shared"

  container_definition {
    name               = "auditbeat"
    image              = var.image
    memory_reservation = 256
    user               = "root"
    # AUDIT_READ is what is needed, and ECS does not offer it among its capabilities.
    privileged = true

    # The configuration is no secret, so it comes by the environment; passwords do not stand in it.
    entry_point = ["/bin/sh", "-c"]
    command = [
      "printf '%s' \"$AUDITBEAT_YML\" > /tmp/auditbeat.yml && exec auditbeat -e --strict.perms=false -c /tmp/auditbeat.yml",
    ]

    environment {
      name  = "AUDITBEAT_YML"
      value = yamlencode(local.configuration)
    }

    environment {
      name  = "ELASTICSEARCH_HOSTS"
      value = var.elasticsearch_url
    }

    secret {
      name       = "ELASTICSEARCH_USERNAME"
      value_from = "${var.elasticsearch_secret_arn}:username::"
    }

    secret {
      name       = "ELASTICSEARCH_PASSWORD"
      value_from = "${var.elasticsearch_secret_arn}:password::"
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
      source_volume  = "etc"
      container_path = "/host/etc"
      read_only      = true
    }
  }

  volume {
    name = "etc"

    host {
      source_path = "/etc"
    }
  }

  tags = var.tags
}

resource "ecs_daemon" "this" {
  name                       = var.name
  cluster_arn                = var.cluster_arn
  daemon_task_definition_arn = ecs_daemon_task_definition.this.arn
  capacity_provider_arns     = var.capacity_provider_arns

  # Nothing runs without an audit trail: an instance takes no task before the agent runs.
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
