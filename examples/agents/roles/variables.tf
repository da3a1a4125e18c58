variable "name" {
  description = "Name that the names of the roles begin with."
  type        = string
}

variable "log_group_arn" {
  description = "ARN of the log group of the agent's own log, without the star at its end."
  type        = string
}

variable "secret_arns" {
  description = "ARNs of the secrets of the agent in Secrets Manager."
  type        = list(string)
  default     = []
}

variable "task_policies" {
  description = "Policies of the task role, as JSON. Without one there is no task role."
  type        = list(string)
  default     = []
}
