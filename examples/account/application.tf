# A service of two tasks, for which ECS launches instances.

resource "aws_ecs_task_definition" "application" {
  family                   = "${var.name}-application"
  requires_compatibilities = ["MANAGED_INSTANCES"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn

  container_definitions = jsonencode([{
    name      = "application"
    image     = "public.ecr.aws/nginx/nginx:1.29"
    essential = true
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.this.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = "application"
      }
    }
  }])
}

resource "aws_ecs_service" "application" {
  name                  = "application"
  cluster               = aws_ecs_cluster.this.arn
  task_definition       = aws_ecs_task_definition.application.arn
  desired_count         = 2
  wait_for_steady_state = true

  capacity_provider_strategy {
    capacity_provider = aws_ecs_capacity_provider.managed.name
    weight            = 1
  }

  network_configuration {
    subnets         = data.aws_subnets.default.ids
    security_groups = [aws_security_group.instances.id]
  }

  # The agent is there before the first task, and on destroy the service is gone before the agent.
  depends_on = [ecs_daemon.agent]
}
