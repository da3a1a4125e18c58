output "daemon_arn" {
  description = "ARN of the daemon, or null."
  value       = one(ecs_daemon.agent[*].arn)
}
