//! The certificates that are trusted: those of the system, or those of one file and no others, as the
//! AWS SDKs and the AWS CLI do with `AWS_CA_BUNDLE`.

use std::fs;

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::RootCertStore;
use rustls_pki_types::{CertificateDer, pem::PemObject};

use crate::{
    environment::Environment,
    failure::reason,
    problem::{Argument, Problem},
    settings::Settings,
};

const ARGUMENT: &str = "custom_ca_bundle";
const VARIABLE: &str = "AWS_CA_BUNDLE";

/// The trust that the argument or the environment asks for.
pub(super) fn context(settings: &Settings, environment: &Environment) -> Result<TlsContext, Problem> {
    let argument = settings.custom_ca_bundle.as_deref();
    let variable = environment.text(VARIABLE);
    let Some(file) = argument.or(variable.as_deref()) else {
        return Ok(TlsContext::default());
    };
    let problem = |reason: String| {
        let source = if argument.is_some() {
            format!("`{ARGUMENT}` {}", settings.advice.arguments)
        } else {
            format!("The environment variable {VARIABLE}")
        };
        let text = format!(
            "{source} names the file `{file}`, {reason}. It must hold PEM certificates of the authorities to trust."
        );
        let problem = Problem::new("Invalid CA bundle", text);
        if argument.is_some() {
            problem.at(Argument::named(ARGUMENT))
        } else {
            problem
        }
    };
    let content = fs::read(environment.path(file))
        .map_err(|error| problem(format!("which cannot be read: {}", reason::of_io(&error))))?;
    let store = store(&content).map_err(|reason| problem(reason.to_owned()))?;
    let trust = TlsContext::builder().with_trust_store(store).build();
    trust.map_err(|_| problem("which cannot be used".to_owned()))
}

/// The certificates of a file. The SDK panics at one that it cannot read, so only those that are
/// known to be good are handed on; bundles of whole systems hold a few that are not.
fn store(content: &[u8]) -> Result<TrustStore, &'static str> {
    let mut store = TrustStore::empty();
    let (mut good, mut bad) = (0_usize, 0_usize);
    for certificate in CertificateDer::pem_slice_iter(content) {
        match certificate {
            Ok(certificate) if is_usable(&certificate) => {
                good += 1;
                store.add_pem_certificate(pem(&certificate));
            }
            _ => bad += 1,
        }
    }
    match (good, bad) {
        (0, 0) => Err("in which there is no certificate"),
        (0, _) => Err("in which no certificate can be read"),
        _ => {
            if bad > 0 {
                tracing::warn!(bad, "certificates of the CA bundle cannot be read and are left out");
            }
            Ok(store)
        }
    }
}

fn is_usable(certificate: &CertificateDer<'_>) -> bool {
    RootCertStore::empty().add(certificate.clone().into_owned()).is_ok()
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(certificate)
    )
}
