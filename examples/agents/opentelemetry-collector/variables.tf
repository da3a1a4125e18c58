variable "cluster_arn" {
  description = "ARN of the cluster."
  type        = string
}

variable "capacity_provider_arns" {
  description = "ARNs of the managed-instances capacity providers of the cluster, on whose instances the agent runs."
  type        = set(string)
}

variable "region" {
  description = "Region of the agent's own log group."
  type        = string
}

variable "name" {
  description = "Name of the daemon and of its task definition's family."
  type        = string
  default     = "opentelemetry-collector"
}

variable "image" {
  description = "Image of the agent, tag included."
  type        = string
  default     = "public.ecr.aws/aws-observability/aws-otel-collector:v0.45.0"
}

variable "execution_role_arn" {
  description = "ARN of the role with which ECS reads the secrets and writes the agent's own log. The folder roles makes it."
  type        = string
}

variable "task_role_arn" {
  description = "ARN of the role that the agent acts as. The folder roles makes it."
  type        = string
}

variable "log_group" {
  description = "CloudWatch log group of the agent's own log. It must exist."
  type        = string
  default     = "/ecs/opentelemetry-collector"
}

variable "namespace" {
  description = "CloudWatch namespace of the metrics that applications send."
  type        = string
  default     = "Applications"
}

variable "metrics_log_group" {
  description = "CloudWatch log group that carries the metrics. It must exist."
  type        = string
  default     = "/ecs/otel-metrics"
}

variable "deployment" {
  description = "How changes reach the instances."
  type = object({
    drain_percent        = optional(number, 25)
    bake_time_in_minutes = optional(number, 0)
    alarm_names          = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.deployment.drain_percent >= 1 && var.deployment.drain_percent <= 100
    error_message = "deployment.drain_percent must be between 1 and 100."
  }

  validation {
    condition     = var.deployment.bake_time_in_minutes >= 0 && var.deployment.bake_time_in_minutes <= 1440
    error_message = "deployment.bake_time_in_minutes must be between 0 and 1440."
  }
}

variable "tags" {
  description = "Tags of the daemon, its tasks and its task definition."
  type        = map(string)
  default     = {}
  nullable    = false
}
