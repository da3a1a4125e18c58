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
  name              = "/ecs/envoy"
  retention_in_days = 14
}

module "roles" {
  source = "../../roles"

  name = "envoy"

  log_group_arn = aws_cloudwatch_log_group.agent.arn
}

output "execution_role_arn" {
  description = "For the variable execution_role_arn of the agent."
  value       = module.roles.execution_role_arn
}
