data "ecs_daemons" "agents" {
  cluster_arn   = "arn:aws:ecs:us-east-1:123456789012:cluster/production"
  name_pattern  = "*-agent"
  with_settings = true
}

output "agents_with_execute_command" {
  value = [for daemon in data.ecs_daemons.agents.daemons : daemon.name if daemon.enable_execute_command]
}
