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

resource "aws_cloudwatch_log_group" "agent" {
  name              = "/ecs/cloudwatch-agent"
  retention_in_days = 14
}

data "aws_iam_policy_document" "task" {
  # PutMetricData has no resources; the namespaces are the limit.
  statement {
    sid       = "Metrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["Applications"]
    }
  }

  # The two actions of X-Ray have no resources.
  statement {
    sid       = "Traces"
    actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    resources = ["*"]
  }

  # For instance_metrics only: Container Insights comes as log events.
  statement {
    sid       = "ContainerInsights"
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["arn:aws:logs:*:*:log-group:/aws/ecs/containerinsights/*"]
  }
}

module "roles" {
  source = "../../roles"

  name = "cloudwatch-agent"

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
