resource "ecs_daemon" "minimal" {
  name                       = "metrics-agent"
  cluster_arn                = "arn:aws:ecs:us-east-1:123456789012:cluster/production"
  daemon_task_definition_arn = ecs_daemon_task_definition.minimal.arn
  capacity_provider_arns     = ["arn:aws:ecs:us-east-1:123456789012:capacity-provider/managed"]
}
