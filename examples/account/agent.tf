# An agent on every instance: here before the first instance is.

resource "ecs_daemon_task_definition" "agent" {
  family             = "${var.name}-agent"
  cpu                = "256"
  memory             = "256"
  execution_role_arn = aws_iam_role.execution.arn

  container_definition {
    name  = "agent"
    image = "public.ecr.aws/nginx/nginx:1.29"

    log_configuration {
      log_driver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = "agent"
      }
    }
  }
}

resource "ecs_daemon" "agent" {
  name                       = "${var.name}-agent"
  cluster_arn                = aws_ecs_cluster.this.arn
  daemon_task_definition_arn = ecs_daemon_task_definition.agent.arn
  capacity_provider_arns     = [aws_ecs_capacity_provider.managed.arn]

  # A critical daemon that is broken keeps every instance of a new capacity provider out of service. Make it critical once
  # it has run.
  critical = false

  deployment_configuration {
    drain_percent = 50
  }

  # The role is used by what ECS starts, whenever that is.
  depends_on = [aws_iam_role_policy_attachment.execution]
}
