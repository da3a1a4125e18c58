# "arn:aws:ecs:us-east-1:123456789012:daemon-task-definition/log-agent:7"
output "arn" {
  value = provider::ecs::daemon_task_definition_arn_build("aws", "us-east-1", "123456789012", "log-agent", 7)
}
