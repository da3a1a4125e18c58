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

variable "api_key_secret_arn" {
  description = "ARN of the secret with the API key in Secrets Manager."
  type        = string
}

resource "aws_cloudwatch_log_group" "agent" {
  name              = "/ecs/datadog-agent"
  retention_in_days = 14
}

data "aws_iam_policy_document" "task" {
  statement {
    sid = "TasksAndInstances"
    actions = [
      "ec2:DescribeInstances",
      "ec2:DescribeTags",
      "ecs:DescribeContainerInstances",
      "ecs:DescribeTasks",
      "ecs:ListClusters",
      "ecs:ListContainerInstances",
      "ecs:ListTasks",
    ]
    resources = ["*"]
  }
}

module "roles" {
  source = "../../roles"

  name = "datadog-agent"

  log_group_arn = aws_cloudwatch_log_group.agent.arn
  secret_arns   = [var.api_key_secret_arn]
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
