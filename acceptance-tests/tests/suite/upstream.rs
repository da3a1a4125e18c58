//! The attempts of the official provider's suite on a daemon, with what it cannot see: every value arrives
//! at ECS and is read back.

use acceptance_tests::{Case, DaemonSettings, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, IMAGE_2, stack};

/// Arguments of the daemon, and what ECS must have then.
type Step = (&'static str, &'static str, fn(&DaemonSettings) -> bool);

const STEPS: [Step; 10] = [
    (
        "deployment configuration",
        "deployment_configuration {\n    drain_percent        = 50\n    bake_time_in_minutes = 10\n  }",
        |live| same(live.drain_percent, 50.0) && live.bake_time_in_minutes == 10,
    ),
    (
        "deployment configuration, changed",
        "deployment_configuration {\n    drain_percent        = 75\n    bake_time_in_minutes = 20\n  }",
        |live| same(live.drain_percent, 75.0) && live.bake_time_in_minutes == 20,
    ),
    (
        "minimum values",
        "deployment_configuration {\n    drain_percent        = 1.0\n    bake_time_in_minutes = 0\n  }",
        |live| same(live.drain_percent, 1.0) && live.bake_time_in_minutes == 0,
    ),
    (
        "boundary values",
        "deployment_configuration {\n    drain_percent        = 100\n    bake_time_in_minutes = 1440\n  }",
        |live| same(live.drain_percent, 100.0) && live.bake_time_in_minutes == 1440,
    ),
    (
        "alarms that do not exist",
        "deployment_configuration {\n    alarms {\n      alarm_names = [\"alarm1\", \"alarm2\"]\n      enable      = true\n    }\n  }",
        |live| live.alarms_enabled && live.alarm_names == ["alarm1", "alarm2"],
    ),
    ("managed tags", "enable_ecs_managed_tags = true", |live| {
        live.enable_ecs_managed_tags && !live.alarms_enabled && live.alarm_names.is_empty()
    }),
    ("managed tags off", "enable_ecs_managed_tags = false", |live| {
        !live.enable_ecs_managed_tags
    }),
    ("execute command", "enable_execute_command = true", |live| {
        live.enable_execute_command
    }),
    ("propagated tags", "propagate_tags = \"DAEMON\"", |live| {
        live.propagate_tags.as_str() == "DAEMON" && !live.enable_execute_command
    }),
    ("nothing at all", "", |live| {
        same(live.drain_percent, 25.0) && live.propagate_tags.as_str() == "NONE" && live.critical
    }),
];

fn same(one: f64, other: f64) -> bool {
    (one - other).abs() < f64::EPSILON
}

#[test]
fn every_value_arrives_and_is_read_back() -> Outcome {
    Case::new("upstream", Targets::Any, Setup::instances(0)).run(|case| {
        let arn = case.testbed().daemon_arn();
        for (what, arguments, arrived) in STEPS {
            case.apply(&stack(IMAGE_1, arguments))
                .map_err(|failure| failure.during(what))?;
            let live = case.testbed().other_caller().settings(&arn)?;
            assert!(arrived(&live), "{what}: {live:?}");
        }
        case.apply(&stack(IMAGE_2, ""))?;
        let live = case.testbed().other_caller().settings(&arn)?;
        assert_eq!(live.task_definition_arn, case.testbed().definition_arn(2));
        Ok(())
    })
}

/// Every argument of a task definition at once, and then each kind of change of it.
#[test]
fn a_task_definition_with_every_argument() -> Outcome {
    Case::new("every-argument", Targets::Any, Setup::instances(0)).run(|case| {
        case.apply(FULL)?;
        let state = case.state_of("ecs_daemon_task_definition.full")?;
        assert_eq!(state["revision"], 1);
        for (old, new) in [
            ("retries  = 2", "retries  = 4"),
            ("value = \"info\"", "value = \"debug\""),
            ("add  = [\"NET_ADMIN\"]", "add  = [\"NET_ADMIN\", \"SYS_PTRACE\"]"),
            ("pid_mode           = \"shared\"", "pid_mode           = \"none\""),
        ] {
            let changed = FULL.replace(old, new);
            assert_ne!(changed, FULL, "{old} is not in the configuration");
            case.apply(&changed).map_err(|failure| failure.during(new))?;
        }
        let state = case.state_of("ecs_daemon_task_definition.full")?;
        assert_eq!(state["revision"], 5);
        Ok(())
    })
}

const FULL: &str = r#"
resource "ecs_daemon_task_definition" "full" {
  family             = local.name
  cpu                = "512"
  memory             = "1024"
  execution_role_arn = "arn:aws:iam::123456789012:role/execution"
  task_role_arn      = "arn:aws:iam::123456789012:role/task"
  pid_mode           = "shared"
  ipc_mode           = "none"
  tags               = { team = "platform" }

  volume {
    name = "proc"

    host {
      source_path = "/proc"
    }
  }

  volume {
    name = "logs"

    log_driver_volume_configuration {
      driver = "json-file"
    }
  }

  container_definition {
    name                     = "init"
    image                    = "public.ecr.aws/docker/library/busybox:1.37"
    essential                = false
    command                  = ["true"]
  }

  container_definition {
    name                     = "agent"
    image                    = "public.ecr.aws/nginx/nginx:1.27"
    cpu                      = 128
    memory                   = 512
    memory_reservation       = 256
    entry_point              = ["/agent"]
    command                  = ["--config", "/etc/agent"]
    working_directory        = "/srv"
    user                     = "1000:1000"
    privileged               = true
    readonly_root_filesystem = true
    interactive              = true
    pseudo_terminal          = true
    start_timeout            = 60
    stop_timeout             = 30

    depends_on {
      container_name = "init"
      condition      = "SUCCESS"
    }

    environment {
      name  = "LEVEL"
      value = "info"
    }

    environment {
      name  = "ZONE"
      value = "a"
    }

    environment_file {
      type  = "s3"
      value = "arn:aws:s3:::bucket/agent.env"
    }

    health_check {
      command  = ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]
      interval = 10
      retries  = 2
      timeout  = 4
    }

    linux_parameters {
      init_process_enabled = true

      capabilities {
        add  = ["NET_ADMIN"]
        drop = ["CHOWN"]
      }

      device {
        host_path      = "/dev/fuse"
        container_path = "/dev/fuse"
        permissions    = ["read", "write"]
      }

      tmpfs {
        container_path = "/tmp"
        size           = 64
        mount_options  = ["noexec"]
      }
    }

    log_configuration {
      log_driver = "awslogs"
      options = {
        "awslogs-group"  = "/agent"
        "awslogs-region" = "us-east-1"
      }

      secret_option {
        name       = "token"
        value_from = "arn:aws:ssm:us-east-1:123456789012:parameter/token"
      }
    }

    mount_point {
      source_volume  = "proc"
      container_path = "/host/proc"
      read_only      = true
    }

    repository_credentials {
      credentials_parameter = "arn:aws:secretsmanager:us-east-1:123456789012:secret:registry"
    }

    restart_policy {
      enabled                = true
      ignored_exit_codes     = [0, 143]
      restart_attempt_period = 120
    }

    secret {
      name       = "API_KEY"
      value_from = "arn:aws:ssm:us-east-1:123456789012:parameter/api-key"
    }

    system_control {
      namespace = "net.core.somaxconn"
      value     = "1024"
    }

    ulimit {
      name       = "nofile"
      soft_limit = 1024
      hard_limit = 4096
    }
  }
}
"#;
