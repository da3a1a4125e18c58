output "daemon_arn" {
  description = "ARN of the agent's daemon."
  value       = ecs_daemon.agent.arn
}
