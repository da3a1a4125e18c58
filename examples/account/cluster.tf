# The cluster, and the capacity provider that launches instances for its tasks.

resource "aws_ecs_cluster" "this" {
  name = var.name
}

resource "aws_ecs_capacity_provider" "managed" {
  name    = "${var.name}-managed"
  cluster = aws_ecs_cluster.this.name

  managed_instances_provider {
    infrastructure_role_arn = aws_iam_role.infrastructure.arn
    propagate_tags          = "CAPACITY_PROVIDER"

    instance_launch_template {
      ec2_instance_profile_arn = aws_iam_instance_profile.instance.arn

      network_configuration {
        subnets         = data.aws_subnets.default.ids
        security_groups = [aws_security_group.instances.id]
      }

      # The daemon's CPU and memory are set aside on each instance, beside what the application needs.
      instance_requirements {
        vcpu_count {
          min = 1
          max = 2
        }

        memory_mib {
          min = 2048
          max = 8192
        }
      }
    }
  }

  # Without its policies a role can launch and register nothing, and on destroy it must be able to end instances.
  depends_on = [
    aws_iam_role_policy_attachment.infrastructure,
    aws_iam_role_policy_attachment.instance,
  ]
}
