//! Mutual TLS with certificates that live as long as the process.
//!
//! The client makes a certificate per run and hands it over in the environment; this side makes one
//! per process and hands it over in the handshake line. Each side trusts exactly the other's bytes.
//! The ordinary verifier cannot be used: the client presents a certificate that is flagged as a CA,
//! which web rules refuse for a peer. No root names are offered, because the client would then look
//! for a certificate issued by one of them and send none.

use std::{error::Error, sync::Arc};

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
    client::danger::HandshakeSignatureValid,
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime, pem::PemObject};

/// Settings of this process's end, and the certificate to announce.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    /// Settings for accepted connections.
    pub(crate) config: Arc<ServerConfig>,
    /// Our certificate.
    pub(crate) certificate: CertificateDer<'static>,
}

impl Tls {
    /// Makes a certificate and settings that accept only the client whose certificate is `client`, in PEM.
    pub(crate) fn new(client: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let pinned = CertificateDer::from_pem_slice(client.as_bytes())
            .map_err(|error| format!("PLUGIN_CLIENT_CERT is not a PEM certificate: {error}"))?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let certificate = own_certificate()?.self_signed(&key)?.der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der())?;

        let crypto = Arc::new(aws_lc_rs::default_provider());
        let verifier = PinnedClient {
            pinned,
            crypto: Arc::clone(&crypto),
        };
        let mut config = ServerConfig::builder_with_provider(crypto)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(verifier))
            .with_single_cert(vec![certificate.clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec()];
        // One connection per process: nothing to resume.
        config.send_tls13_tickets = 0;
        Ok(Self {
            config: Arc::new(config),
            certificate,
        })
    }
}

/// Valid since long before now, because the client's clock may be behind, and for its own name only.
fn own_certificate() -> Result<CertificateParams, rcgen::Error> {
    let mut parameters = CertificateParams::new(vec!["localhost".to_owned()])?;
    parameters.distinguished_name.push(DnType::CommonName, "localhost");
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(parameters)
}

/// Accepts one certificate, compared byte by byte.
#[derive(Debug)]
struct PinnedClient {
    pinned: CertificateDer<'static>,
    crypto: Arc<CryptoProvider>,
}

impl ClientCertVerifier for PinnedClient {
    fn client_auth_mandatory(&self) -> bool {
        true
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *end_entity == self.pinned {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.crypto.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.crypto.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.crypto.signature_verification_algorithms.supported_schemes()
    }
}
