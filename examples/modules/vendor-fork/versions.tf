terraform {
  # From this version on, `moved` blocks may lead from one type to another.
  required_version = ">= 1.8"

  required_providers {
    ecs = {
      source  = "managed-daemons/ecs"
      version = ">= 0.1"
    }
  }
}
