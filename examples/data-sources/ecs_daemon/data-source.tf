data "ecs_daemon" "log_agent" {
  name        = "log-agent"
  cluster_arn = "arn:aws:ecs:us-east-1:123456789012:cluster/production"
}

check "the_log_agent_runs_everywhere" {
  assert {
    condition     = data.ecs_daemon.log_agent.critical && data.ecs_daemon.log_agent.rollout_failure == null
    error_message = "Instances may run without the log agent."
  }
}
