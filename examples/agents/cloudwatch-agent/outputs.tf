output "daemon_arn" {
  description = "ARN of the daemon."
  value       = ecs_daemon.this.arn
}

output "task_definition_arn" {
  description = "ARN of the revision that the daemon runs."
  value       = ecs_daemon_task_definition.this.arn
}
