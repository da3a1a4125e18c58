//! A provider without a service behind it: state is all there is. Its resource misbehaves on demand,
//! so that tests see what the server makes of it.

mod provider;

use std::{process::ExitCode, sync::Arc, time::Duration};

use tfplug_server::{Options, serve, serve_debug};

fn main() -> ExitCode {
    let mut options = Options::new("acme/toy").log_crates(["terraform_provider_toy"]);
    let linger = std::env::var("TOY_LINGER_MS").ok().and_then(|text| text.parse().ok());
    if let Some(linger) = linger {
        options = options.linger(Duration::from_millis(linger));
    }
    let provider = Arc::new(provider::Toy::new());
    if std::env::args().any(|argument| argument == "-debug") {
        serve_debug(provider, &options)
    } else {
        serve(provider, &options)
    }
}
