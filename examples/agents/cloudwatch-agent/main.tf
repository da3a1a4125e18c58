# The CloudWatch agent: StatsD metrics and OTLP traces of applications, and Container Insights of the instance if wanted.
locals {
  configuration = merge(
    {
      metrics = {
        namespace = var.namespace
        metrics_collected = {
          statsd = {
            service_address              = ":8125"
            metrics_collection_interval  = 10
            metrics_aggregation_interval = 60
          }
        }
      }
      traces = {
        traces_collected = {
          otlp = {
            grpc_endpoint = "0.0.0.0:4317"
            http_endpoint = "0.0.0.0:4318"
          }
        }
      }
    },
    var.instance_metrics ? { logs = { metrics_collected = { ecs = { metrics_collection_interval = 60 } } } } : {},
  )

  # Name of the volume, path on the instance, paths in the container: as the vendor mounts them for instance metrics.
  host_paths = {
    proc   = { source = "/proc", targets = ["/rootfs/proc"] }
    dev    = { source = "/dev", targets = ["/rootfs/dev"] }
    cgroup = { source = "/sys/fs/cgroup", targets = ["/sys/fs/cgroup", "/rootfs/sys/fs/cgroup"] }
  }
}

resource "ecs_daemon_task_definition" "this" {
  family             = var.name
  cpu                = "256"
  memory             = "256"
  execution_role_arn = var.execution_role_arn
  task_role_arn      = var.task_role_arn

  container_definition {
    name               = "cloudwatch-agent"
    image              = var.image
    memory_reservation = 128

    environment {
      name  = "CW_CONFIG_CONTENT"
      value = jsonencode(local.configuration)
    }

    log_configuration {
      log_driver = "awslogs"
      options = {
        "awslogs-group"         = var.log_group
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = var.name
      }
    }

    dynamic "mount_point" {
      for_each = var.instance_metrics ? flatten([
        for name, path in local.host_paths : [for target in path.targets : { name = name, target = target }]
      ]) : []

      content {
        source_volume  = mount_point.value.name
        container_path = mount_point.value.target
        read_only      = true
      }
    }
  }

  dynamic "volume" {
    for_each = var.instance_metrics ? local.host_paths : {}

    content {
      name = volume.key

      host {
        source_path = volume.value.source
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

  # Metrics are missed for a while rather than instances replaced: the agent takes no part in requests.
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
