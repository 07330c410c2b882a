//! Encrypted connections: with certificate files, or with certificates that the server gets for itself.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use futures_util::StreamExt;
use parking_lot::Mutex;
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use rustls_acme::{AcmeConfig, caches::DirCache, is_tls_alpn_challenge};
use tokio::net::TcpStream;
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

use crate::{
    config::{Acme, StartError, Tls},
    server::make_folder,
};

/// What turns a TCP connection into an encrypted one.
#[derive(Clone)]
pub(crate) struct Encryption {
    config: Arc<ServerConfig>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Files(Arc<Files>),
    /// Answers the certificate authority's question whether the domain is ours (RFC 8737).
    Acme {
        challenge: Arc<ServerConfig>,
    },
}

impl Encryption {
    /// Reads the certificate files, or begins to ask the certificate authority; what it gives is kept in `folder`.
    ///
    /// # Errors
    /// [`StartError::Config`] that names the file that cannot be used.
    pub(crate) fn start(tls: &Tls, folder: &Path) -> Result<Self, StartError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let (kind, resolver): (_, Arc<dyn ResolvesServerCert>) = match tls {
            Tls::Files { certificate, key } => {
                let files = Files::open(certificate, key, provider.clone()).map_err(StartError::Config)?;
                let files = Arc::new(files);
                (Kind::Files(files.clone()), files)
            }
            Tls::Acme(acme) => {
                let folder = folder.join("acme");
                make_folder(&folder).map_err(|error| StartError::Config(format!("{}: {error}", folder.display())))?;
                let mut state = AcmeConfig::new_with_client_config(&acme.domains, client(acme, provider.clone())?)
                    .contact(acme.contact.iter().map(|address| format!("mailto:{address}")))
                    .directory(acme.directory.as_str())
                    .cache(DirCache::new(folder))
                    .state();
                let challenge = state.challenge_rustls_config_with_provider(provider.clone());
                let resolver = state.resolver();
                // Ends with the runtime: it sleeps until a certificate is due.
                tokio::spawn(async move {
                    while let Some(event) = state.next().await {
                        match event {
                            Ok(event) => tracing::info!(?event, "certificates"),
                            Err(error) => tracing::warn!(%error, "no certificate yet; it is asked for again"),
                        }
                    }
                });
                (Kind::Acme { challenge }, resolver)
            }
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| StartError::Config(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), kind })
    }

    /// The encrypted connection; `None` when it was the certificate authority's question, which is answered.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<Option<TlsStream<TcpStream>>> {
        if let Kind::Files(files) = &self.kind {
            files.look_again();
        }
        let handshake = LazyConfigAcceptor::new(Default::default(), stream).await?;
        if let Kind::Acme { challenge } = &self.kind
            && is_tls_alpn_challenge(&handshake.client_hello())
        {
            use tokio::io::AsyncWriteExt;
            handshake.into_stream(challenge.clone()).await?.shutdown().await?;
            return Ok(None);
        }
        handshake.into_stream(self.config.clone()).await.map(Some)
    }
}

/// How the certificate authority itself is trusted.
fn client(acme: &Acme, provider: Arc<CryptoProvider>) -> Result<Arc<ClientConfig>, StartError> {
    let mut roots = RootCertStore::empty();
    match &acme.ca {
        Some(file) => {
            let wrong = |error: &dyn std::fmt::Display| StartError::Config(format!("{}: {error}", file.display()));
            for certificate in CertificateDer::pem_file_iter(file).map_err(|error| wrong(&error))? {
                roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StartError::Config(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// A certificate chain and its key in two PEM files.
#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    current: Mutex<(Arc<CertifiedKey>, [Option<SystemTime>; 2])>,
}

impl Files {
    fn open(certificate: &Path, key: &Path, provider: Arc<CryptoProvider>) -> Result<Self, String> {
        let changed = changed(certificate, key);
        let current = Mutex::new((read(certificate, key, &provider)?, changed));
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), provider, current })
    }

    /// Reads the files again when they were changed, as those who renew certificates do.
    fn look_again(&self) {
        let changed = changed(&self.certificate, &self.key);
        if self.current.lock().1 == changed {
            return;
        }
        let read = read(&self.certificate, &self.key, &self.provider);
        let mut current = self.current.lock();
        // What cannot be used is not tried again before it changes; who writes the second of the two files changes it.
        current.1 = changed;
        match read {
            Ok(read) => {
                tracing::info!(file = %self.certificate.display(), "the certificate was read again");
                current.0 = read;
            }
            Err(error) => tracing::warn!(%error, "the new certificate cannot be used; the old one stays"),
        }
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.lock().0.clone())
    }
}

fn changed(certificate: &Path, key: &Path) -> [Option<SystemTime>; 2] {
    [certificate, key].map(|file| std::fs::metadata(file).and_then(|it| it.modified()).ok())
}

fn read(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, String> {
    let in_file = |file: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| in_file(certificate, &error))?;
    if chain.is_empty() {
        return Err(in_file(certificate, &"no certificate is in it"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| in_file(key, &error))?;
    let both = CertifiedKey::from_der(chain, secret, provider);
    let apart = |error| format!("{} and {} do not go together: {error}", certificate.display(), key.display());
    both.map(Arc::new).map_err(apart)
}
