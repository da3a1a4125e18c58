variable "cluster_name" {
  description = "Cluster with a capacity provider of managed instances."
  type        = string
}

variable "capacity_provider" {
  description = "Name of the capacity provider on whose instances the application and the agent run."
  type        = string
}

variable "application_image" {
  description = "Image of the application."
  type        = string
  default     = "public.ecr.aws/nginx/nginx:1.29"
}

variable "agent_image" {
  description = "Image of the agent, tag included."
  type        = string
  default     = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.0"
}
