variable "name" {
  description = "Name of the daemon and of its task definition's family."
  type        = string
}

variable "cluster_arn" {
  description = "ARN of the cluster."
  type        = string
}

variable "capacity_provider_arns" {
  description = "ARNs of the managed-instances capacity providers of the cluster."
  type        = set(string)
}

variable "create_daemon" {
  description = "Whether to create the daemon, or its task definition only."
  type        = bool
  default     = true
}

variable "image" {
  description = "Image of the agent, tag included."
  type        = string
}

variable "cpu" {
  description = "CPU units that the daemon sets aside on each instance."
  type        = string
  default     = null
}

variable "memory" {
  description = "Memory in MiB that the daemon sets aside on each instance."
  type        = string
  default     = null
}

variable "memory_reservation" {
  description = "Memory in MiB that the container sets aside."
  type        = number
  default     = 256
}

variable "execution_role_arn" {
  description = "ARN of the role with which ECS reads secrets and writes logs."
  type        = string
  default     = null
}

variable "task_role_arn" {
  description = "ARN of the role that the agent acts as."
  type        = string
  default     = null
}

variable "environment" {
  description = "Environment variables of the agent. They override those of the module by name."
  type        = list(object({ name = string, value = string }))
  default     = []
}

variable "secrets" {
  description = "ARNs of secrets by the name of the environment variable."
  type        = map(string)
  default     = {}
}

variable "health_check" {
  description = "Health check of the agent, or null for none."
  type = object({
    command      = list(string)
    interval     = optional(number)
    retries      = optional(number)
    start_period = optional(number)
    timeout      = optional(number)
  })
  default = null
}

variable "capabilities" {
  description = "Capabilities that the agent needs."
  type        = list(string)
  default     = []
}

variable "log_configuration" {
  description = "Where the agent's own log goes, or null."
  type = object({
    log_driver     = string
    options        = optional(map(string))
    secret_options = optional(list(object({ name = string, value_from = string })))
  })
  default = null
}

variable "volumes" {
  description = "Volumes and where they are mounted; without host_path ECS makes an empty one."
  type = list(object({
    name           = string
    host_path      = optional(string)
    container_path = string
    read_only      = optional(bool, true)
  }))
  default = []
}

# Not in the module for aws_ecs_daemon, which cannot set it.
variable "critical" {
  description = "Whether applications depend on the agent: no application task starts on an instance before the agent runs, and an instance whose agent stops or becomes unhealthy is replaced."
  type        = bool
  default     = true
}

variable "enable_ecs_managed_tags" {
  description = "Whether ECS adds its own tags to the daemon's tasks."
  type        = bool
  default     = false
}

variable "enable_execute_command" {
  description = "Whether commands may be executed in the daemon's tasks."
  type        = bool
  default     = false
}

variable "propagate_tags" {
  description = "DAEMON to copy tags of the daemon to its tasks, or NONE."
  type        = string
  default     = "NONE"
}

variable "deployment_configuration" {
  description = "How changes reach the instances."
  type = object({
    drain_percent        = optional(number, 25)
    bake_time_in_minutes = optional(number, 0)
    alarms = optional(object({
      alarm_names = optional(list(string), [])
      enable      = optional(bool, false)
    }), {})
  })
  default = {}
}

variable "tags" {
  description = "Tags of the daemon and of its task definition, or null."
  type        = map(string)
  default     = null
}
