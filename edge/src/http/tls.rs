//! TLS towards clients.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// Accepts TLS connections with the certificate chain and the key in these PEM files, HTTP/2 preferred.
pub fn acceptor(certificate: &Path, key: &Path) -> anyhow::Result<TlsAcceptor> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(|certificates| certificates.collect::<Result<Vec<_>, _>>())
        .with_context(|| {
            format!("the certificate {} can't be read; --tls-cert takes a PEM file", certificate.display())
        })?;
    anyhow::ensure!(
        !chain.is_empty(),
        "there is no certificate in {}; --tls-cert takes a PEM file",
        certificate.display()
    );
    let key_der = PrivateKeyDer::from_pem_file(key).with_context(|| {
        format!("the key {} can't be read; --tls-key takes a PEM file without a passphrase", key.display())
    })?;
    let mut config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key_der).with_context(|| {
            format!("the key {} doesn't belong to the certificate {}", key.display(), certificate.display())
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
