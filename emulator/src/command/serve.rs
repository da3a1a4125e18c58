//! `ecs-emulator` without a command: one line on stdout, and a server until a signal comes.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use ecs_emulator::{Emulator, Server};
use tokio::signal::unix::{SignalKind, signal};

use super::Failure;
use super::options::WorldOptions;

/// The time that connections may take to finish after a signal.
const SHUTDOWN: Duration = Duration::from_millis(200);

/// Flags of the server.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Allow an address that other machines can reach
    #[arg(long)]
    allow_remote: bool,
    /// Host name that requests may be addressed to beside loopback names and addresses; may be repeated
    #[arg(long, value_name = "NAME", value_parser = host_name)]
    allow_host: Vec<String>,
    #[command(flatten)]
    world: WorldOptions,
    /// Stop when the journal file cannot be written, for example because the disk is full
    #[arg(long, requires = "journal")]
    journal_strict: bool,
}

/// Serves until a signal comes.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let emulator = arguments.world.build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let result = runtime.block_on(serve(arguments, emulator.clone()));
    runtime.shutdown_timeout(SHUTDOWN);
    let saved = emulator.save_state();
    result?;
    saved?;
    emulator.journal_loss().map_or(Ok(()), |loss| Err(loss.into()))
}

/// Serves until SIGTERM or SIGINT.
async fn serve(arguments: &Arguments, emulator: Emulator) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let listen = arguments.listen;
    let server = Server::bind(listen, arguments.allow_remote, emulator.clone())
        .await
        .map_err(|error| {
            format!("cannot listen on {listen}: {error}; --listen takes another address, port 0 a free one")
        })?
        .allow_hosts(&arguments.allow_host);
    announce(server.address()?)?;
    tokio::select! {
        () = server.serve() => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = emulator.journal_lost(), if arguments.journal_strict => {}
    }
    Ok(())
}

/// The first line on stdout tells whoever started us where we are. It must get through a pipe at once.
fn announce(address: SocketAddr) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "listening on http://{address}")?;
    stdout.flush()
}

/// A name as it stands in a URL, without anything around it.
fn host_name(text: &str) -> Result<String, String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if !text.is_empty() && text.bytes().all(allowed) {
        return Ok(text.to_owned());
    }
    Err("a host name has letters, digits, dots and hyphens, without scheme and port".to_owned())
}
