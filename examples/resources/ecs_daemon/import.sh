terraform import ecs_daemon.example arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent
