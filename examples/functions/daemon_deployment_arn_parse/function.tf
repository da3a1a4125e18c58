# "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent"
output "daemon" {
  value = provider::ecs::daemon_deployment_arn_parse("arn:aws:ecs:us-east-1:123456789012:daemon-deployment/production/log-agent/Ab12Cd34Ef56Gh78Ij90K").daemon_arn
}
