terraform {
  required_version = ">= 1.5"

  required_providers {
    # The first version whose capacity providers have managed instances.
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.15"
    }

    ecs = {
      source  = "managed-daemons/ecs"
      version = "~> 0.1"
    }
  }
}

provider "aws" {
  region = var.region
}

provider "ecs" {
  region = var.region
}
