# The roles of the agent, by hashicorp/aws, in a configuration of their own.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

resource "aws_cloudwatch_log_group" "metrics" {
  name              = "/ecs/otel-metrics"
  retention_in_days = 14
}

resource "aws_cloudwatch_log_group" "agent" {
  name              = "/ecs/opentelemetry-collector"
  retention_in_days = 14
}

data "aws_iam_policy_document" "task" {
  # The two actions of X-Ray have no resources.
  statement {
    sid       = "Traces"
    actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    resources = ["*"]
  }

  statement {
    sid       = "Metrics"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.metrics.arn}:*"]
  }
}

module "roles" {
  source = "../../roles"

  name = "opentelemetry-collector"

  log_group_arn = aws_cloudwatch_log_group.agent.arn
  task_policies = [data.aws_iam_policy_document.task.json]
}

output "execution_role_arn" {
  description = "For the variable execution_role_arn of the agent."
  value       = module.roles.execution_role_arn
}

output "task_role_arn" {
  description = "For the variable task_role_arn of the agent."
  value       = module.roles.task_role_arn
}
