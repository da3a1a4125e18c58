# "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent"
output "arn" {
  value = provider::ecs::daemon_arn_build("aws", "us-east-1", "123456789012", "production", "log-agent")
}
