output "execution_role_arn" {
  description = "ARN of the role with which ECS reads secrets and writes the agent's own log."
  value       = aws_iam_role.execution.arn
}

output "task_role_arn" {
  description = "ARN of the role that the agent acts as, or null."
  value       = one(aws_iam_role.task[*].arn)
}
