# 7
output "revision" {
  value = provider::ecs::daemon_task_definition_arn_parse("arn:aws:ecs:us-east-1:123456789012:daemon-task-definition/log-agent:7").revision
}
