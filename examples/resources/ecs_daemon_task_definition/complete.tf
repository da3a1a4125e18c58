resource "ecs_daemon_task_definition" "complete" {
  family             = "security-agent"
  cpu                = "1024"
  memory             = "2048"
  execution_role_arn = "arn:aws:iam::123456789012:role/security-agent-execution"
  task_role_arn      = "arn:aws:iam::123456789012:role/security-agent-task"
  pid_mode           = "shared"
  ipc_mode           = "none"
  region             = "us-east-1"
  skip_destroy       = true

  # Runs once at the start of the task.
  container_definition {
    name          = "rules"
    image         = "registry.example.com/security-rules:2026-11"
    essential     = false
    entry_point   = ["/bin/sh", "-c"]
    command       = ["cp -r /rules/. /etc/agent/rules"]
    start_timeout = 60

    mount_point {
      source_volume  = "rules"
      container_path = "/etc/agent/rules"
    }
  }

  # Routes the log of the agent.
  container_definition {
    name               = "router"
    image              = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.4"
    memory_reservation = 64

    firelens_configuration {
      type    = "fluentbit"
      options = { "enable-ecs-log-metadata" = "true" }
    }

    mount_point {
      source_volume  = "container-logs"
      container_path = "/var/log/ecs"
      read_only      = true
    }
  }

  container_definition {
    name                     = "agent"
    image                    = "registry.example.com/security-agent:7.1.0"
    cpu                      = 512
    memory                   = 1024
    memory_reservation       = 512
    working_directory        = "/var/lib/agent"
    user                     = "0:0"
    privileged               = false
    readonly_root_filesystem = true
    interactive              = false
    pseudo_terminal          = false
    stop_timeout             = 30

    depends_on {
      container_name = "rules"
      condition      = "SUCCESS"
    }

    environment {
      name  = "LOG_LEVEL"
      value = "info"
    }

    environment_file {
      type  = "s3"
      value = "arn:aws:s3:::agent-configuration/security.env"
    }

    secret {
      name       = "API_KEY"
      value_from = "arn:aws:secretsmanager:us-east-1:123456789012:secret:security-agent-AbCdEf"
    }

    repository_credentials {
      credentials_parameter = "arn:aws:secretsmanager:us-east-1:123456789012:secret:registry-AbCdEf"
    }

    health_check {
      command      = ["CMD", "/agent", "health"]
      interval     = 15
      timeout      = 5
      retries      = 3
      start_period = 30
    }

    linux_parameters {
      init_process_enabled = true

      capabilities {
        add  = ["SYS_PTRACE"]
        drop = ["MKNOD", "NET_RAW"]
      }

      device {
        host_path      = "/dev/fuse"
        container_path = "/dev/fuse"
        permissions    = ["read", "write"]
      }

      tmpfs {
        container_path = "/run/agent"
        size           = 64
        mount_options  = ["noexec", "nosuid"]
      }
    }

    log_configuration {
      log_driver = "awsfirelens"
      options = {
        Name = "http"
        Host = "logs.example.com"
      }

      secret_option {
        name       = "http_Passwd"
        value_from = "arn:aws:secretsmanager:us-east-1:123456789012:secret:logs-AbCdEf"
      }
    }

    mount_point {
      source_volume  = "proc"
      container_path = "/host/proc"
      read_only      = true
    }

    mount_point {
      source_volume  = "rules"
      container_path = "/etc/agent/rules"
      read_only      = true
    }

    restart_policy {
      enabled                = true
      ignored_exit_codes     = [0]
      restart_attempt_period = 120
    }

    system_control {
      namespace = "net.core.somaxconn"
      value     = "1024"
    }

    ulimit {
      name       = "nofile"
      soft_limit = 65536
      hard_limit = 65536
    }
  }

  volume {
    name = "proc"

    host {
      source_path = "/proc"
    }
  }

  # Without a path ECS makes an empty volume for the task.
  volume {
    name = "rules"
  }

  volume {
    name = "container-logs"

    log_driver_volume_configuration {
      driver = "json-file"
    }
  }

  tags = {
    team = "security"
  }
}
