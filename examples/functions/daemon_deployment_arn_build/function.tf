# "arn:aws:ecs:us-east-1:123456789012:daemon-deployment/production/log-agent/Ab12Cd34Ef56Gh78Ij90K"
output "arn" {
  value = provider::ecs::daemon_deployment_arn_build("aws", "us-east-1", "123456789012", "production", "log-agent", "Ab12Cd34Ef56Gh78Ij90K")
}
