data "ecs_daemon" "log_agent" {
  arn = "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent"
}

data "ecs_daemon_revision" "running" {
  arn = data.ecs_daemon.log_agent.revision_arn
}

output "digests" {
  value = { for image in data.ecs_daemon_revision.running.container_images : image.container_name => image.image_digest }
}
