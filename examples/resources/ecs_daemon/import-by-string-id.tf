import {
  to = ecs_daemon.example
  id = "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent"
}
