data "ecs_daemon_task_definitions" "latest" {
  family_prefix = "log-"
  latest_only   = true
}

output "latest_revisions" {
  value = { for revision in data.ecs_daemon_task_definitions.latest.task_definitions : revision.family => revision.revision }
}
