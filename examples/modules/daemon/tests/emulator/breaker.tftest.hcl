# An image that cannot start is rolled back by the circuit breaker of ECS.

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

# An apply that waits would fail, and with it the test.
run "broken_image" {
  variables {
    containers          = { agent = { image = "log-agent:broken" } }
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
    containers          = { agent = { image = "log-agent:broken" } }
    wait_for_deployment = false
  }

  assert {
    condition     = endswith(output.task_definition_arn, "/log-agent:1")
    error_message = "The daemon runs ${output.task_definition_arn}, but must be back at revision 1."
  }
}
