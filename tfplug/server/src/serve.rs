//! The process: from the environment that a client gives to the exit code.
//!
//! Order matters here. Signals are caught before anything else can take time; the socket accepts
//! before the line that announces it is written; and the line is all that ever goes to stdout.

use std::{error::Error, io::Write, process::ExitCode, sync::Arc, thread, time::Duration};

use tfplug_core::Provider;
use tokio::runtime::{Builder, Runtime};
use tonic::transport::{Server, server::Router};

use crate::{
    lifecycle::{self, Shutdown, Signals, StartedBy},
    log,
    plugin::PluginServices,
    proto::{
        health::health_server::HealthServer,
        plugin::{
            grpc_broker_server::GrpcBrokerServer, grpc_controller_server::GrpcControllerServer,
            grpc_stdio_server::GrpcStdioServer,
        },
        tfplugin6::provider_server::ProviderServer,
    },
    service::Service,
    transport::{Connections, Environment, Handshake, Listener, Tls, incoming},
};

/// Largest message either way, as other providers have it.
const LARGEST_MESSAGE: usize = 256 * 1024 * 1024;
/// Most threads for requests. They wait for the network nearly all of the time.
const MOST_WORKERS: usize = 4;
/// Hosts under which clients look for a provider.
const REGISTRIES: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

type Failure = Box<dyn Error + Send + Sync>;

/// The choices of a provider binary.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) source: String,
    pub(crate) log_crates: Vec<&'static str>,
    pub(crate) linger: Duration,
}

impl Options {
    /// Options of the provider that users name as `source`, `namespace/name`.
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            log_crates: Vec::new(),
            linger: Duration::from_secs(10),
        }
    }

    /// Crates whose log lines are the provider's own. Of all others only warnings are written.
    #[must_use]
    pub fn log_crates(mut self, crates: impl IntoIterator<Item = &'static str>) -> Self {
        self.log_crates = crates.into_iter().collect();
        self
    }

    /// The time that the process lives on after its client is gone. 10 seconds unless set.
    #[must_use]
    pub fn linger(mut self, linger: Duration) -> Self {
        self.linger = linger;
        self
    }
}

/// Serves the provider to the client that started this process, until the client ends it.
///
/// Blocks. Must be called outside a tokio runtime, before anything has written to stdout.
/// If no client started the process, it says so on stderr and answers with exit code 1.
pub fn serve(provider: Arc<dyn Provider>, options: &Options) -> ExitCode {
    let environment = Environment::of_process();
    if !environment.cookie_matches() {
        explain(&format!(
            "This is {} {}, a provider plugin for Terraform and OpenTofu.\nIt is started by `terraform` or `tofu` and is \
             of no use by itself. Write\n\n    terraform {{\n      required_providers {{\n        {0} = {{ source = \
             \"{}\" }}\n      }}\n    }}\n\nin a configuration and run `terraform init`.",
            provider.name(),
            provider.version(),
            options.source
        ));
        return ExitCode::FAILURE;
    }
    run(provider, options, &environment, StartedBy::Client)
}

/// Serves the provider to clients that find it by `TF_REATTACH_PROVIDERS`, until it is interrupted.
///
/// For debuggers: the process is started by hand and prints on stdout what to put into the
/// environment of the client. There is no encryption; only the own user can connect.
pub fn serve_debug(provider: Arc<dyn Provider>, options: &Options) -> ExitCode {
    run(provider, options, &Environment::default(), StartedBy::Hand)
}

fn run(provider: Arc<dyn Provider>, options: &Options, environment: &Environment, by: StartedBy) -> ExitCode {
    log::install_panic_hook();
    log::install(provider.name(), &options.log_crates);
    let outcome = runtime().and_then(|runtime| {
        let outcome = runtime.block_on(serve_until_end(provider, options, environment, by));
        // A lookup that hangs in a thread of its own must not keep the process.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            explain(&format!("The provider could not be started: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> Result<Runtime, Failure> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS);
    Ok(Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()?)
}

async fn serve_until_end(
    provider: Arc<dyn Provider>,
    options: &Options,
    environment: &Environment,
    by: StartedBy,
) -> Result<(), Failure> {
    let signals = Signals::catch()?;
    let tls = environment.client_certificate.as_deref().map(Tls::new).transpose()?;
    let (listener, file) = Listener::bind(environment)?;
    announce(&listener, tls.as_ref(), options, environment, by)?;

    let (service, shutdown, connections) = (Service::new(provider), Shutdown::new(), Connections::new());
    tokio::spawn(signals.obey(by, service.clone(), shutdown.clone()));
    if by == StartedBy::Client {
        tokio::spawn(lifecycle::watch_connections(
            connections.watch(),
            options.linger,
            shutdown.clone(),
        ));
    }
    let incoming = incoming(listener, tls.map(|tls| tls.config), connections);
    let end = async {
        shutdown.requested().await;
        lifecycle::start_timer(file.share());
    };
    routes(&service, &shutdown)
        .serve_with_incoming_shutdown(incoming, end)
        .await?;
    Ok(())
}

fn announce(
    listener: &Listener,
    tls: Option<&Tls>,
    options: &Options,
    environment: &Environment,
    by: StartedBy,
) -> Result<(), Failure> {
    let handshake = Handshake {
        version: environment.protocol_version(),
        network: Listener::NETWORK,
        address: listener.address()?,
        certificate: tls.map(|tls| tls.certificate.clone()),
        multiplex: environment.multiplex,
    };
    match by {
        StartedBy::Client => handshake.announce()?,
        StartedBy::Hand => {
            let mut stdout = std::io::stdout().lock();
            stdout.write_all(reattach(&handshake, &options.source, std::process::id()).as_bytes())?;
            stdout.flush()?;
        }
    }
    Ok(())
}

/// The text that a user copies into the environment of a client. With `Test` set, the client neither ends nor
/// kills the process.
fn reattach(handshake: &Handshake, source: &str, pid: u32) -> String {
    let entry = serde_json::json!({
        "Protocol": "grpc",
        "ProtocolVersion": handshake.version,
        "Pid": pid,
        "Test": true,
        "Addr": { "Network": handshake.network, "String": handshake.address },
    });
    let entries: serde_json::Map<_, _> = REGISTRIES
        .iter()
        .map(|registry| (format!("{registry}/{source}"), entry.clone()))
        .collect();
    format!(
        "The provider is running. To use it, set\n\n    TF_REATTACH_PROVIDERS='{}'\n\nfor terraform or tofu. Interrupt \
         with Ctrl-C to end it.\n",
        serde_json::Value::Object(entries)
    )
}

fn routes(service: &Service, shutdown: &Shutdown) -> Router {
    let plugin = PluginServices(shutdown.clone());
    let provider = ProviderServer::new(service.clone())
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    Server::builder()
        .add_service(provider)
        .add_service(GrpcControllerServer::new(plugin.clone()))
        .add_service(GrpcStdioServer::new(plugin.clone()))
        .add_service(GrpcBrokerServer::new(plugin.clone()))
        .add_service(HealthServer::new(plugin))
}

/// Writes to a person on stderr. If nobody listens there is nothing to do.
fn explain(text: &str) {
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reattach_names_both_registries() {
        let handshake = Handshake {
            version: 6,
            network: "unix",
            address: "/run/plugin1".to_owned(),
            certificate: None,
            multiplex: false,
        };
        insta::assert_snapshot!(reattach(&handshake, "acme/toy", 42), @r#"
        The provider is running. To use it, set

            TF_REATTACH_PROVIDERS='{"registry.opentofu.org/acme/toy":{"Addr":{"Network":"unix","String":"/run/plugin1"},"Pid":42,"Protocol":"grpc","ProtocolVersion":6,"Test":true},"registry.terraform.io/acme/toy":{"Addr":{"Network":"unix","String":"/run/plugin1"},"Pid":42,"Protocol":"grpc","ProtocolVersion":6,"Test":true}}'

        for terraform or tofu. Interrupt with Ctrl-C to end it.
        "#);
    }
}
