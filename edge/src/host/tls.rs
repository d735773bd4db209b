//! TLS towards other systems: the machine's certificate authorities, or Mozilla's where the machine has none.

use std::sync::{Arc, OnceLock};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The configuration for outbound connections; read once, when the first connection needs it.
pub fn client_config() -> Arc<ClientConfig> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    CONFIG.get_or_init(|| Arc::new(with_roots(system_roots()))).clone()
}

/// A configuration that trusts the authorities in `pem` and no others.
pub fn client_config_for(pem: &str) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| format!("the certificate is no PEM: {error}"))?;
        roots.add(certificate).map_err(|error| format!("the certificate can't be used: {error}"))?;
    }
    if roots.is_empty() {
        return Err("there is no certificate in the text".to_owned());
    }
    Ok(Arc::new(with_roots(roots)))
}

fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

fn with_roots(roots: RootCertStore) -> ClientConfig {
    // `main` installs ring as the process's provider before anything connects.
    ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()
}
