# Tests of the module without a provider that runs: `terraform test`, Terraform 1.7 or later.

mock_provider "ecs" {
  mock_resource "ecs_daemon_task_definition" {
    defaults = {
      arn = "arn:aws:ecs:us-east-1:123456789012:daemon-task-definition/log-agent:1"
    }
  }

  mock_resource "ecs_daemon" {
    defaults = {
      arn = "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent"
    }
  }
}

variables {
  name                   = "log-agent"
  cluster_arn            = "arn:aws:ecs:us-east-1:123456789012:cluster/production"
  capacity_provider_arns = ["arn:aws:ecs:us-east-1:123456789012:capacity-provider/managed"]

  containers = {
    agent = {
      image       = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.0"
      environment = { LOG_LEVEL = "info" }
      mounts      = { var-log = { path = "/var/log/host" } }
    }
  }

  host_volumes = { var-log = "/var/log" }
}

run "defaults" {
  assert {
    condition     = ecs_daemon.this[0].critical
    error_message = "A daemon is critical unless it is said not to be."
  }

  assert {
    condition     = ecs_daemon.this[0].propagate_tags == "NONE"
    error_message = "Without tags there is nothing to propagate."
  }

  assert {
    condition     = length(ecs_daemon.this[0].deployment_configuration[0].alarms) == 0
    error_message = "Without alarm names there is no alarms block."
  }

  assert {
    condition     = output.task_definition_arn == ecs_daemon_task_definition.this[0].arn
    error_message = "The daemon runs the revision of the module."
  }
}

run "alarms_and_tags" {
  variables {
    deployment = { alarm_names = ["log-agent-errors"], bake_time_in_minutes = 10 }
    tags       = { team = "platform" }
  }

  assert {
    condition     = ecs_daemon.this[0].deployment_configuration[0].alarms[0].enable
    error_message = "Alarms that are named are watched."
  }

  assert {
    condition     = ecs_daemon.this[0].propagate_tags == "DAEMON"
    error_message = "Tags go to the tasks."
  }
}

run "nothing" {
  variables {
    create = false
  }

  assert {
    condition     = output.arn == null
    error_message = "With create = false there is nothing."
  }
}

run "no_essential_container" {
  command = plan

  variables {
    containers = { agent = { image = "agent:1", essential = false } }
  }

  expect_failures = [var.containers]
}
