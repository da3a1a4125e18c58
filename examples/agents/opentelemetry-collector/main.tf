# The AWS distribution of the OpenTelemetry collector: OTLP in, traces to X-Ray and metrics to CloudWatch out.
locals {
  configuration = {
    extensions = {
      health_check = {}
    }
    receivers = {
      otlp = {
        protocols = {
          grpc = { endpoint = "0.0.0.0:4317" }
          http = { endpoint = "0.0.0.0:4318" }
        }
      }
    }
    processors = {
      memory_limiter = { check_interval = "1s", limit_percentage = 80, spike_limit_percentage = 20 }
      batch          = {}
    }
    exporters = {
      awsxray = { region = var.region }
      awsemf  = { region = var.region, namespace = var.namespace, log_group_name = var.metrics_log_group }
    }
    service = {
      extensions = ["health_check"]
      pipelines = {
        traces  = { receivers = ["otlp"], processors = ["memory_limiter", "batch"], exporters = ["awsxray"] }
        metrics = { receivers = ["otlp"], processors = ["memory_limiter", "batch"], exporters = ["awsemf"] }
      }
    }
  }
}

resource "ecs_daemon_task_definition" "this" {
  family             = var.name
  cpu                = "512"
  memory             = "512"
  execution_role_arn = var.execution_role_arn
  task_role_arn      = var.task_role_arn

  container_definition {
    name               = "collector"
    image              = var.image
    memory             = 512
    memory_reservation = 256

    environment {
      name  = "AOT_CONFIG_CONTENT"
      value = yamlencode(local.configuration)
    }

    # A program of the image that asks the extension health_check.
    health_check {
      command      = ["CMD", "/healthcheck"]
      interval     = 10
      timeout      = 5
      retries      = 3
      start_period = 10
    }

    log_configuration {
      log_driver = "awslogs"
      options = {
        "awslogs-group"         = var.log_group
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = var.name
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

  # Traces are missed for a while rather than instances replaced.
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
