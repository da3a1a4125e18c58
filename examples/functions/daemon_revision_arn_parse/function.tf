# "production"
output "cluster" {
  value = provider::ecs::daemon_revision_arn_parse("arn:aws:ecs:us-east-1:123456789012:daemon-revision/production/log-agent/1234567890123456789").cluster_name
}
