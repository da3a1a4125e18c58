# An alarm that goes off while a rollout bakes rolls it back.

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

run "first_rollout" {}

run "alarm_is_armed" {
  module {
    source = "./tests/emulator/control"
  }

  variables {
    path = "faults"
    body = {
      alarm = "log-agent-errors"
      state = "ALARM"
      when  = { daemon = "log-agent", bake = "start" }
    }
  }
}

run "new_image" {
  variables {
    containers          = { agent = { image = "log-agent:2" } }
    deployment          = { alarm_names = ["log-agent-errors"], bake_time_in_minutes = 10 }
    wait_for_deployment = false
  }
}

run "rollout_ends" {
  module {
    source = "./tests/emulator/control"
  }

  variables {
    path = "clock"
    body = { settle = true }
  }
}

run "old_image_runs" {
  plan_options {
    mode = refresh-only
  }

  variables {
    containers          = { agent = { image = "log-agent:2" } }
    deployment          = { alarm_names = ["log-agent-errors"], bake_time_in_minutes = 10 }
    wait_for_deployment = false
  }

  assert {
    condition     = endswith(ecs_daemon.this[0].daemon_task_definition_arn, "/log-agent:1")
    error_message = "The daemon runs ${ecs_daemon.this[0].daemon_task_definition_arn}, but must be back at revision 1."
  }
}
