//! The plugin binary. Terraform and `OpenTofu` start it without arguments; people get explanations.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use terraform_provider_ecs::{
    EcsProvider, LOG_CRATES, SOURCE,
    arguments::{self, Request},
};
use tfplug_server::Options;

fn main() -> ExitCode {
    let options = Options::new(SOURCE).log_crates(LOG_CRATES);
    match arguments::parse(std::env::args().skip(1)) {
        Request::Serve => tfplug_server::serve(Arc::new(EcsProvider::new()), &options),
        Request::Debug => tfplug_server::serve_debug(Arc::new(EcsProvider::new()), &options),
        Request::Print(text) => match io::stdout().write_all(text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever reads, for example `head`, has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Request::Refuse(text) => {
            // If nobody reads stderr there is nothing left to do.
            let _ = io::stderr().write_all(text.as_bytes());
            ExitCode::from(2)
        }
    }
}
