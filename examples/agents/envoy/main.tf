# Envoy as the way out to one upstream: applications speak HTTP to the instance, Envoy speaks TLS to the upstream.
locals {
  bootstrap = {
    admin = { address = { socket_address = { address = "127.0.0.1", port_value = 9901 } } }

    static_resources = {
      listeners = [{
        name    = "outbound"
        address = { socket_address = { address = "0.0.0.0", port_value = var.port } }
        filter_chains = [{
          filters = [{
            name = "envoy.filters.network.http_connection_manager"
            typed_config = {
              "@type"     = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
              stat_prefix = "outbound"
              http_filters = [{
                name         = "envoy.filters.http.router"
                typed_config = { "@type" = "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" }
              }]
              route_config = {
                virtual_hosts = [{
                  name    = "upstream"
                  domains = ["*"]
                  routes = [{
                    match = { prefix = "/" }
                    route = { cluster = "upstream", auto_host_rewrite = true }
                  }]
                }]
              }
            }
          }]
        }]
      }]

      clusters = [{
        name = "upstream"
        type = "STRICT_DNS"
        load_assignment = {
          cluster_name = "upstream"
          endpoints = [{
            lb_endpoints = [{
              endpoint = { address = { socket_address = { address = var.upstream, port_value = 443 } } }
            }]
          }]
        }
        transport_socket = {
          name = "envoy.transport_sockets.tls"
          typed_config = {
            "@type" = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"
            sni     = var.upstream
            common_tls_context = {
              validation_context = {
                trusted_ca                    = { filename = "/etc/ssl/certs/ca-certificates.crt" }
                match_typed_subject_alt_names = [{ san_type = "DNS", matcher = { exact = var.upstream } }]
              }
            }
          }
        }
      }]
    }
  }
}

resource "ecs_daemon_task_definition" "this" {
  family             = var.name
  cpu                = "256"
  memory             = "256"
  execution_role_arn = var.execution_role_arn

  container_definition {
    name               = "envoy"
    image              = var.image
    memory_reservation = 128
    command            = ["envoy", "--disable-hot-restart", "--config-yaml", jsonencode(local.bootstrap)]
    # The user envoy of the image. As root its entry point would change users, for which it has no capability here.
    user                     = "101:101"
    readonly_root_filesystem = true

    # The image has neither curl nor wget; bash opens the port of the admin interface.
    health_check {
      command      = ["CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9901"]
      interval     = 10
      timeout      = 2
      retries      = 3
      start_period = 10
    }

    linux_parameters {
      capabilities {
        drop = ["ALL"]
      }
    }

    ulimit {
      name       = "nofile"
      soft_limit = 65536
      hard_limit = 65536
    }

    log_configuration {
      log_driver = "awslogs"
      options = {
        "awslogs-group"         = var.log_group
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = var.name
      }
    }
  }

  tags = var.tags
}

resource "ecs_daemon" "this" {
  name                       = var.name
  cluster_arn                = var.cluster_arn
  daemon_task_definition_arn = ecs_daemon_task_definition.this.arn
  capacity_provider_arns     = var.capacity_provider_arns

  # Applications depend on it: an instance without Envoy takes no task, and an unhealthy one is replaced.
  critical                = true
  enable_ecs_managed_tags = true
  propagate_tags          = length(var.tags) > 0 ? "DAEMON" : "NONE"

  deployment_configuration {
    drain_percent        = var.deployment.drain_percent
    bake_time_in_minutes = var.deployment.bake_time_in_minutes

    dynamic "alarms" {
      for_each = length(var.deployment.alarm_names) > 0 ? [var.deployment.alarm_names] : []

      content {
        alarm_names = alarms.value
        enable      = true
      }
    }
  }

  tags = var.tags
}
