variable "create" {
  description = "Whether to create anything."
  type        = bool
  default     = true
  nullable    = false
}

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

variable "cpu" {
  description = "CPU units that the daemon sets aside on each instance."
  type        = number
  default     = 256
  nullable    = false
}

variable "memory" {
  description = "Memory in MiB that the daemon sets aside on each instance."
  type        = number
  default     = 512
  nullable    = false
}

variable "task_role_arn" {
  description = "ARN of the role that the containers act as."
  type        = string
  default     = null
}

variable "execution_role_arn" {
  description = "ARN of the role with which ECS pulls images, reads secrets and writes logs."
  type        = string
  default     = null
}

variable "containers" {
  description = "Containers by name."
  type = map(object({
    image              = string
    essential          = optional(bool, true)
    command            = optional(list(string))
    memory_reservation = optional(number)
    privileged         = optional(bool, false)
    environment        = optional(map(string), {})
    secrets            = optional(map(string), {})
    mounts = optional(map(object({
      path      = string
      read_only = optional(bool, true)
    })), {})
    health_check = optional(object({
      command      = list(string)
      interval     = optional(number, 30)
      retries      = optional(number, 3)
      start_period = optional(number)
    }))
    log_configuration = optional(object({
      log_driver = string
      options    = optional(map(string), {})
    }))
  }))

  validation {
    condition     = anytrue([for container in values(var.containers) : container.essential])
    error_message = "At least one container must be essential."
  }
}

variable "host_volumes" {
  description = "Paths on the instance by the name of the volume that containers mount."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "critical" {
  description = "Whether applications depend on the daemon: no application task starts on an instance before the daemon runs, and an instance whose daemon stops or becomes unhealthy is replaced."
  type        = bool
  default     = true
  nullable    = false
}

variable "enable_ecs_managed_tags" {
  description = "Whether ECS adds its own tags to the daemon's tasks."
  type        = bool
  default     = false
  nullable    = false
}

variable "enable_execute_command" {
  description = "Whether commands may be executed in the daemon's tasks. The task role must allow the four ssmmessages actions."
  type        = bool
  default     = false
  nullable    = false
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

variable "wait_for_deployment" {
  description = "Whether an apply waits for the rollout, and fails when it is rolled back."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of the daemon, its tasks and its task definition."
  type        = map(string)
  default     = {}
  nullable    = false
}
