# A script updates the daemon and leaves every setting out: the plan finds it, and an apply puts the settings back.

provider "ecs" {
  # The account of the emulator: nothing is done to any other.
  allowed_account_ids = ["123456789012"]
}

variables {
  name                   = "log-agent"
  cluster_arn            = "arn:aws:ecs:us-east-1:123456789012:cluster/production"
  capacity_provider_arns = ["arn:aws:ecs:us-east-1:123456789012:capacity-provider/managed"]
  containers             = { agent = { image = "log-agent:1" } }
}

run "fresh_fleet" {
  module {
    source = "./tests/emulator/control"
  }

  variables {
    path = "reset"
  }
}

run "applied" {
  variables {
    enable_execute_command = true
    deployment             = { drain_percent = 50 }
  }
}

run "script_updates_the_daemon" {
  module {
    source = "./tests/emulator/control"
  }

  variables {
    path = "faults"
    body = {
      call = {
        operation = "UpdateDaemon"
        body = {
          daemonArn               = run.applied.arn
          daemonTaskDefinitionArn = run.applied.task_definition_arn
          capacityProviderArns    = ["arn:aws:ecs:us-east-1:123456789012:capacity-provider/managed"]
        }
      }
    }
  }
}

run "update_ends" {
  module {
    source = "./tests/emulator/control"
  }

  variables {
    path = "clock"
    body = { settle = true }
  }
}

run "plan_finds_defaults" {
  command = plan

  plan_options {
    mode = refresh-only
  }

  variables {
    enable_execute_command = true
    deployment             = { drain_percent = 50 }
  }

  assert {
    condition     = !ecs_daemon.this[0].enable_execute_command
    error_message = "The script has left enable_execute_command out, so it is at its default."
  }

  assert {
    condition     = ecs_daemon.this[0].deployment_configuration[0].drain_percent == 25
    error_message = "The script has left the drain percentage out, so it is at its default."
  }
}

run "put_back" {
  variables {
    enable_execute_command = true
    deployment             = { drain_percent = 50 }
  }

  assert {
    condition     = ecs_daemon.this[0].enable_execute_command
    error_message = "An apply puts enable_execute_command back."
  }

  assert {
    condition     = ecs_daemon.this[0].deployment_configuration[0].drain_percent == 50
    error_message = "An apply puts the drain percentage back."
  }
}
