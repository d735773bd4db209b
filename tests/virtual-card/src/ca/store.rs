//! An authority in a folder: its certificates, its keys, and what it revoked.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use x509_cert::{
    Certificate,
    crl::RevokedCert,
    der::{DecodePem, EncodePem, pem::LineEnding},
    serial_number::SerialNumber,
};
use zeroize::Zeroizing;

use super::{Authority, CaError, TestCa, time};
use crate::{
    key::{Algorithm, PrivateKey},
    store::{self, StoreError},
};

const ROOT: &str = "root";
const INTERMEDIATE: &str = "intermediate";
const REVOKED: &str = "revoked";

/// What kept an authority from being opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file of it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It isn't there yet, and could not be made.
    #[error(transparent)]
    Ca(#[from] CaError),
}

impl TestCa {
    /// The authority in a folder, with the keys it had; a new one if the folder isn't there.
    pub fn open(folder: &Path, algorithm: Algorithm) -> Result<Self, OpenError> {
        if folder.join(REVOKED).exists() {
            return Ok(Self::load(folder)?);
        }
        let ca = Self::new(algorithm)?;
        store::make_folder(folder)?;
        ca.root.save(folder, ROOT)?;
        ca.intermediate.save(folder, INTERMEDIATE)?;
        // Written last: where it is, the rest is too.
        ca.save_revoked(folder)?;
        Ok(ca)
    }

    fn load(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(REVOKED);
        let revoked = store::read(&path)?.lines().map(read_revoked).collect::<Option<_>>();
        Ok(Self {
            root: Authority::load(folder, ROOT)?,
            intermediate: Authority::load(folder, INTERMEDIATE)?,
            now: SystemTime::now(),
            revoked: Mutex::new(revoked.ok_or(StoreError::Damaged(path))?),
        })
    }

    /// Writes down what was revoked: one line each, serial number in hexadecimal and seconds since 1970.
    pub fn save_revoked(&self, folder: &Path) -> Result<(), StoreError> {
        let revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |entry: &RevokedCert| {
            let seconds = entry.revocation_date.to_unix_duration().as_secs();
            format!("{} {seconds}\n", hex::encode(entry.serial_number.as_bytes()))
        };
        store::write(&folder.join(REVOKED), revoked.iter().map(line).collect::<String>().as_bytes())
    }
}

fn read_revoked(line: &str) -> Option<RevokedCert> {
    let (serial, seconds) = line.split_once(' ')?;
    Some(RevokedCert {
        serial_number: SerialNumber::new(&hex::decode(serial).ok()?).ok()?,
        revocation_date: time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.parse().ok()?)).ok()?,
        crl_entry_extensions: None,
    })
}

impl Authority {
    fn save(&self, folder: &Path, name: &str) -> Result<(), OpenError> {
        let certificate = self.certificate.to_pem(LineEnding::LF).map_err(CaError::from)?;
        let key = self.key.to_pkcs8_der().map_err(CaError::from)?;
        store::write(&folder.join(format!("{name}-key")), Zeroizing::new(hex::encode(&*key)).as_bytes())?;
        store::write(&folder.join(format!("{name}.pem")), certificate.as_bytes())?;
        Ok(())
    }

    fn load(folder: &Path, name: &str) -> Result<Self, StoreError> {
        let (key_path, path) = (folder.join(format!("{name}-key")), folder.join(format!("{name}.pem")));
        let key = Zeroizing::new(store::read(&key_path)?);
        let key = Zeroizing::new(hex::decode(key.trim()).map_err(|_| StoreError::Damaged(key_path.clone()))?);
        let key = PrivateKey::from_pkcs8_der(&key).map_err(|_| StoreError::Damaged(key_path))?;
        let certificate =
            Certificate::from_pem(store::read(&path)?).map_err(|_| StoreError::Damaged(path))?;
        Ok(Self { key, certificate })
    }
}
