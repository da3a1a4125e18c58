# What the state has under the types of hashicorp/aws. `count` or `for_each` of a resource moves with it.

moved {
  from = aws_ecs_daemon_task_definition.agent
  to   = ecs_daemon_task_definition.agent
}

moved {
  from = aws_ecs_daemon.agent
  to   = ecs_daemon.agent
}
