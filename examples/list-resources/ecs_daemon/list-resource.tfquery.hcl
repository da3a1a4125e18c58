list "ecs_daemon" "agents" {
  provider         = ecs
  include_resource = true

  config {
    cluster_arn  = "arn:aws:ecs:us-east-1:123456789012:cluster/production"
    name_pattern = "*-agent"
  }
}
