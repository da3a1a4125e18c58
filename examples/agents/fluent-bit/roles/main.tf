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

resource "aws_cloudwatch_log_group" "applications" {
  name              = "/ecs/applications"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_group" "agent" {
  name              = "/ecs/fluent-bit"
  retention_in_days = 14
}

data "aws_iam_policy_document" "task" {
  statement {
    sid       = "ApplicationLogs"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.applications.arn}:*"]
  }
}

module "roles" {
  source = "../../roles"

  name = "fluent-bit"

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
