# "log-agent"
output "name" {
  value = provider::ecs::daemon_arn_parse("arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent").daemon_name
}
