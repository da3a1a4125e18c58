//! The log on stderr, in the JSON lines that Terraform's own log takes over.
//!
//! - One object per line, one write per line, no line longer than the client reads in one piece.
//! - `@message` is always a string: anything else there makes Terraform itself crash.
//! - Foreign crates speak at WARN and above only. HTTP and AWS libraries write requests and answers
//!   into their lower levels, and people paste logs into bug reports.
//! - Configuration, state and private bytes are never logged, at any level.

mod layer;
mod levels;
mod line;
mod panic_hook;

pub(crate) use panic_hook::install as install_panic_hook;
use tracing_subscriber::layer::SubscriberExt;

/// Target of the lines about RPCs; its module in the log is `sdk.proto`.
pub(crate) const PROTO: &str = "tfplug_server::rpc";

/// Sends everything that the process logs to stderr; lines of `own_crates` are the provider's own. A subscriber that is
/// already there stays.
pub(crate) fn install(provider: &str, own_crates: &[&'static str]) {
    let levels = levels::Levels::read(provider, |name| std::env::var(name).ok());
    let modules = layer::Modules::new(provider, own_crates);
    let layer = layer::JsonLines::new(modules, levels, line::to_stderr);
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
}
