terraform {
  required_version = ">= 1.5"

  required_providers {
    ecs = {
      source  = "managed-daemons/ecs"
      version = "~> 0.1"
    }
  }
}

provider "ecs" {
  region = "us-east-1"

  default_tags {
    tags = {
      managed_by = "terraform"
    }
  }
}
