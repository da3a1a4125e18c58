# A control call of the emulator, at the address where `ecs-emulator exec` has put it.

terraform {
  required_version = ">= 1.6"

  # OpenTofu hands the provider of the test to each module that a run names.
  required_providers {
    ecs = {
      source = "managed-daemons/ecs"
    }
  }
}

variable "path" {
  description = "What follows /_emulator/."
  type        = string
}

variable "body" {
  description = "Body of the call."
  type        = any
  default     = {}
}

resource "terraform_data" "call" {
  triggers_replace = timestamp()

  provisioner "local-exec" {
    command = <<-EOT
      curl --fail-with-body --silent --show-error --header "content-type: application/json" \
        --data "$BODY" "$AWS_ENDPOINT_URL/_emulator/$CALL"
    EOT

    environment = {
      BODY = jsonencode(var.body)
      CALL = var.path
    }
  }
}
