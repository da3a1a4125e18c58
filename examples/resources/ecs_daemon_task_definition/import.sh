terraform import ecs_daemon_task_definition.example arn:aws:ecs:us-east-1:123456789012:daemon-task-definition/log-agent:1
