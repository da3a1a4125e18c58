# The latest deployment of a daemon.
data "ecs_daemon_deployment" "latest" {
  daemon_arn = "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent"
}

output "why_it_was_rolled_back" {
  value = one(data.ecs_daemon_deployment.latest.rollback[*].reason)
}
