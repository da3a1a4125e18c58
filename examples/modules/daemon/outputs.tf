output "arn" {
  description = "ARN of the daemon."
  value       = one(ecs_daemon.this[*].arn)
}

output "deployment_arn" {
  description = "ARN of the deployment that brought what it runs."
  value       = one(ecs_daemon.this[*].deployment_arn)
}

output "task_definition_arn" {
  description = "ARN of the revision that the daemon runs. After a rollback that is the one gone back to, not the newest."
  value       = one(ecs_daemon.this[*].daemon_task_definition_arn)
}
