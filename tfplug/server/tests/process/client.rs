//! The client: starts the process as go-plugin does, reads its line, connects.

use std::{
    path::{Path, PathBuf},
    pin::Pin,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P521_SHA512};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, BufReader},
    net::UnixStream,
    process::{Child, Command},
    task::JoinHandle,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::{
    codegen::{Service, http::Uri},
    transport::{Channel, Endpoint},
};

pub(crate) const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A client's throw-away certificate, in the form that the Go client makes: P-521, flagged as a CA.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) pem: String,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let mut parameters = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        parameters
            .distinguished_name
            .push(DnType::OrganizationName, "HashiCorp");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
        let certificate = parameters.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

/// A process to be started.
pub(crate) struct Start {
    pub(crate) command: Command,
    pub(crate) folder: TempDir,
    pub(crate) identity: Option<Identity>,
}

impl Start {
    /// As Terraform starts it, with the socket in a folder of its own.
    pub(crate) fn new() -> Self {
        let identity = Identity::new();
        let mut start = Self::plaintext();
        start.command.env("PLUGIN_CLIENT_CERT", &identity.pem);
        start.identity = Some(identity);
        start
    }

    /// As Terraform starts it with TLS turned off.
    pub(crate) fn plaintext() -> Self {
        let mut start = Self::bare();
        start
            .command
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", "6,5");
        start
    }

    /// As a person starts it.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-toy"));
        command
            .env_clear()
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Self {
            command,
            folder,
            identity: None,
        }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs a process that is expected to end by itself: exit code, stdout, stderr.
    pub(crate) async fn run(mut self) -> (Option<i32>, String, String) {
        let output = timeout(PATIENCE, self.command.output()).await.unwrap().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// Starts the process and reads its line.
    pub(crate) async fn start(mut self) -> Plugin {
        let mut child = self.command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        timeout(PATIENCE, stdout.read_line(&mut line)).await.unwrap().unwrap();
        let rest = tokio::spawn(async move {
            let mut rest = String::new();
            stdout.read_to_string(&mut rest).await.unwrap();
            rest
        });
        let (log, stderr) = collect(child.stderr.take().unwrap());
        Plugin {
            child,
            line,
            rest,
            log,
            stderr,
            folder: self.folder,
            identity: self.identity,
        }
    }
}

/// Reads the log while the process runs, as a client does.
fn collect(mut stderr: impl AsyncRead + Unpin + Send + 'static) -> (Arc<Mutex<Vec<u8>>>, JoinHandle<()>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&log);
    let task = tokio::spawn(async move {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = stderr.read(&mut buffer).await {
            sink.lock().unwrap().extend_from_slice(&buffer[..count]);
        }
    });
    (log, task)
}

/// A running process.
pub(crate) struct Plugin {
    pub(crate) child: Child,
    pub(crate) line: String,
    rest: JoinHandle<String>,
    log: Arc<Mutex<Vec<u8>>>,
    stderr: JoinHandle<()>,
    pub(crate) folder: TempDir,
    pub(crate) identity: Option<Identity>,
}

impl Plugin {
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.line.trim_end().split('|').collect()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        PathBuf::from(self.fields()[3])
    }

    /// Connects as the client that started the process.
    pub(crate) async fn connect(&self) -> Channel {
        connect(self.connector(self.identity.as_ref())).await.unwrap()
    }

    pub(crate) fn connector(&self, identity: Option<&Identity>) -> Connector {
        let certificate = self.fields()[5];
        let tls = (!certificate.is_empty()).then(|| {
            let der = BASE64_STANDARD_NO_PAD.decode(certificate).unwrap();
            Arc::new(client_config(der.into(), identity))
        });
        Connector {
            socket: self.socket(),
            tls,
        }
    }

    pub(crate) fn log(&self) -> String {
        String::from_utf8(self.log.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        assert!(
            std::process::Command::new("kill")
                .args([name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end: how it ended and how long that took, what else was on stdout, and the log.
    pub(crate) async fn end(mut self) -> End {
        let started = Instant::now();
        let status = timeout(PATIENCE, self.child.wait()).await.unwrap().unwrap();
        let took = started.elapsed();
        timeout(PATIENCE, self.stderr).await.unwrap().unwrap();
        let left: Vec<PathBuf> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        let log = String::from_utf8(self.log.lock().unwrap().clone()).unwrap();
        End {
            status,
            took,
            stdout: self.rest.await.unwrap(),
            log,
            left,
        }
    }
}

/// The end of a process.
pub(crate) struct End {
    pub(crate) status: ExitStatus,
    pub(crate) took: Duration,
    pub(crate) stdout: String,
    pub(crate) log: String,
    /// Files that it left behind.
    pub(crate) left: Vec<PathBuf>,
}

impl End {
    /// A process has ended well: soon, with success, silently and leaving nothing.
    pub(crate) fn check(&self) {
        assert!(self.took < Duration::from_secs(1), "{:?}", self.took);
        assert!(self.status.success(), "{:?} {}", self.status, self.log);
        assert_eq!(self.stdout, "");
        assert_eq!(self.left, Vec::<PathBuf>::new());
    }
}

fn client_config(server: CertificateDer<'static>, identity: Option<&Identity>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(server).unwrap();
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match identity {
        Some(identity) => builder
            .with_client_auth_cert(vec![identity.certificate.clone()], identity.key.clone_key())
            .unwrap(),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

/// Makes connections for a gRPC channel.
#[derive(Clone)]
pub(crate) struct Connector {
    socket: PathBuf,
    pub(crate) tls: Option<Arc<ClientConfig>>,
}

impl Connector {
    pub(crate) fn plaintext(socket: &Path) -> Self {
        Self {
            socket: socket.to_owned(),
            tls: None,
        }
    }

    pub(crate) async fn open(&self) -> std::io::Result<Socket> {
        let stream = UnixStream::connect(&self.socket).await?;
        match &self.tls {
            None => Ok(Socket::Plain(stream)),
            Some(config) => {
                let name = ServerName::try_from("localhost").unwrap();
                let tls = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
                assert_eq!(tls.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
                Ok(Socket::Tls(Box::new(tls)))
            }
        }
    }
}

pub(crate) async fn connect(connector: Connector) -> Result<Channel, tonic::transport::Error> {
    Endpoint::from_static("http://localhost")
        .connect_with_connector(connector)
        .await
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Socket>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.open().await.map(TokioIo::new) })
    }
}

/// A connection, encrypted or not.
pub(crate) enum Socket {
    Plain(UnixStream),
    Tls(Box<TlsStream<UnixStream>>),
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
