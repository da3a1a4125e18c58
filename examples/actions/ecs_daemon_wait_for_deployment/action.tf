# terraform apply -invoke=action.ecs_daemon_wait_for_deployment.log_agent
action "ecs_daemon_wait_for_deployment" "log_agent" {
  config {
    daemon_arn = "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent"
  }
}
