variable "region" {
  description = "Region of everything."
  type        = string
}

variable "name" {
  description = "Name that the names of all resources begin with."
  type        = string
  default     = "platform"
}
