data "ecs_daemon_deployments" "rolled_back" {
  daemon_arn    = "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent"
  statuses      = ["ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"]
  created_after = "2026-01-01T00:00:00Z"
}

output "rollbacks" {
  value = { for deployment in data.ecs_daemon_deployments.rolled_back.deployments : deployment.created_at => deployment.status_reason }
}
