variable "cluster_arn" {
  description = "Cluster that the daemon runs in."
  type        = string
}

variable "capacity_provider_arns" {
  description = "Managed-instances capacity providers of the cluster, on whose instances the daemon runs."
  type        = set(string)
}

variable "name" {
  description = "Name of the daemon and of its task definition's family."
  type        = string
  default     = "log-agent"
}

variable "image" {
  description = "Image of the agent, tag included."
  type        = string
  default     = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.0"
}
