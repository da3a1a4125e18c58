terraform {
  required_version = ">= 1.5"

  required_providers {
    ecs = {
      source  = "managed-daemons/ecs"
      version = "~> 0.1"
    }
  }
}
