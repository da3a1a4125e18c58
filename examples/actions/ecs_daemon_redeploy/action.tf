# Rolls the daemon out anew when the secret that it reads at its start has changed.
resource "terraform_data" "api_key_version" {
  input = "2"

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.ecs_daemon_redeploy.log_agent]
    }
  }
}

action "ecs_daemon_redeploy" "log_agent" {
  config {
    daemon_arn = "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent"
    timeout    = "90m"
  }
}
