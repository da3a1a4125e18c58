# An application by hashicorp/aws, and an agent on every instance that it runs on by this provider. Each provider has the
# resources that it is good at; they meet in the cluster and its capacity provider.

data "aws_ecs_cluster" "this" {
  cluster_name = var.cluster_name
}

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

data "aws_partition" "this" {}

locals {
  place                 = "arn:${data.aws_partition.this.partition}:ecs:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}"
  capacity_provider_arn = "${local.place}:capacity-provider/${var.capacity_provider}"
}

# Clusters that are created from now on have Container Insights.
resource "aws_ecs_account_setting_default" "insights" {
  name  = "containerInsights"
  value = "enabled"
}

data "aws_iam_policy_document" "tasks" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "agent" {
  name               = "${var.cluster_name}-agent"
  assume_role_policy = data.aws_iam_policy_document.tasks.json
}

resource "aws_ecs_task_definition" "application" {
  family       = "application"
  network_mode = "host"
  cpu          = 256
  memory       = 256

  container_definitions = jsonencode([{
    name      = "application"
    image     = var.application_image
    essential = true
  }])
}

resource "aws_ecs_service" "application" {
  name                  = "application"
  cluster               = data.aws_ecs_cluster.this.arn
  task_definition       = aws_ecs_task_definition.application.arn
  desired_count         = 2
  wait_for_steady_state = true

  capacity_provider_strategy {
    capacity_provider = var.capacity_provider
    weight            = 1
  }

  # The agent is there before the first task is.
  depends_on = [ecs_daemon.agent]
}

resource "ecs_daemon_task_definition" "agent" {
  family        = "agent"
  cpu           = "128"
  memory        = "128"
  task_role_arn = aws_iam_role.agent.arn

  container_definition {
    name  = "agent"
    image = var.agent_image
  }
}

resource "ecs_daemon" "agent" {
  name                       = "agent"
  cluster_arn                = data.aws_ecs_cluster.this.arn
  daemon_task_definition_arn = ecs_daemon_task_definition.agent.arn
  capacity_provider_arns     = [local.capacity_provider_arn]

  deployment_configuration {
    drain_percent = 50
  }
}
