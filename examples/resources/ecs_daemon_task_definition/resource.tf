resource "ecs_daemon_task_definition" "example" {
  family             = "log-agent"
  cpu                = "256"
  memory             = "512"
  execution_role_arn = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"

  container_definition {
    name               = "agent"
    image              = "public.ecr.aws/aws-observability/aws-for-fluent-bit:stable"
    memory_reservation = 256

    environment {
      name  = "LOG_LEVEL"
      value = "info"
    }

    health_check {
      command  = ["CMD-SHELL", "curl -f http://localhost:2020/api/v1/health || exit 1"]
      interval = 15
    }

    mount_point {
      source_volume  = "var-log"
      container_path = "/var/log/host"
      read_only      = true
    }
  }

  volume {
    name = "var-log"

    host {
      source_path = "/var/log"
    }
  }
}
