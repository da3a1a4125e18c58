output "daemon_arn" {
  description = "ARN of the daemon."
  value       = ecs_daemon.this.arn
}

output "task_definition_arn" {
  description = "ARN of the revision that the daemon runs. After a rollback that is the one gone back to, not the newest."
  value       = ecs_daemon.this.daemon_task_definition_arn
}
