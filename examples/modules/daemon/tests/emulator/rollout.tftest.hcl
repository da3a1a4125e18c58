# A new image reaches every instance.

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

run "first_rollout" {
  assert {
    condition     = endswith(ecs_daemon.this[0].daemon_task_definition_arn, "/log-agent:1")
    error_message = "The daemon runs the first revision."
  }
}

run "new_image" {
  variables {
    containers = { agent = { image = "log-agent:2" } }
  }

  assert {
    condition     = endswith(ecs_daemon.this[0].daemon_task_definition_arn, "/log-agent:2")
    error_message = "The daemon runs the second revision."
  }

  assert {
    condition     = ecs_daemon.this[0].rollout_failure == null
    error_message = "The rollout of the new image succeeded."
  }
}
