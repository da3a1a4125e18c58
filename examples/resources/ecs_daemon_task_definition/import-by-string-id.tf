import {
  to = ecs_daemon_task_definition.example
  id = "arn:aws:ecs:us-east-1:123456789012:daemon-task-definition/log-agent:1"
}
