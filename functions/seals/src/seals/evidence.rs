//! What is kept of the making of a seal, and whether it is still what was signed.
//!
//! A revision is one row, never changed: what was uploaded, what became of it, what the card signed, and the SESeal. On reading,
//! everything is held against everything else: the row's MAC, the digest that the card signed, the card's signature, the seal maker's.

use eport_card::Algorithm;
use eport_card::verify::signed_by;
use eport_schema::catalogue;
use eport_shared::clock::Timestamp;
use eport_shared::context::Context;
use eport_shared::crypto::{Label, Place, decrypt, encrypt, mac, same, sha256};
use eport_shared::keys::Keys;
use eport_shared::platform::{Connection, DatabaseError, Entropy};
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::sql::{Row, query};
use uuid::Uuid;

use super::order::{digest, text};

const UPLOAD: &str = "seal_revisions.upload";
const CERTIFICATE: &str = "seal_revisions.certificate";
const SESEAL: &str = "seal_revisions.seseal";

/// One making or change of a seal, in the clear.
pub struct Revision {
    /// The seal.
    pub seal_id: Uuid,
    /// Its number, from 1.
    pub revision: i64,
    /// Whose seal it is.
    pub enterprise: Uuid,
    /// GB/T 38540 `esID`.
    pub es_id: String,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub kind: String,
    /// Its form.
    pub shape: String,
    /// The colour of its ink.
    pub colour: String,
    /// Millimetres.
    pub width_mm: i64,
    /// Millimetres.
    pub height_mm: i64,
    /// Dots in an inch.
    pub resolution_dpi: i64,
    /// The imprint, PNG.
    pub image: Vec<u8>,
    /// The file that was uploaded.
    pub upload: Vec<u8>,
    /// The bytes that the card signed.
    pub challenge_text: String,
    /// The card's certificate, DER.
    pub certificate: Vec<u8>,
    /// Its signature.
    pub signature: Vec<u8>,
    /// `SM2`, `ES256` or `RS256`.
    pub algorithm: String,
    /// The SESeal, DER.
    pub seseal: Vec<u8>,
    /// The card's holder.
    pub signed_by: String,
    /// Their account.
    pub signed_by_account: Uuid,
    /// From when the SESeal is valid.
    pub valid_from: Timestamp,
    /// Until when.
    pub valid_until: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Revision")
            .field("seal_id", &self.seal_id)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

/// What the row holds encrypted.
struct Sealed<'a> {
    upload: &'a [u8],
    certificate: &'a [u8],
    seseal: &'a [u8],
}

impl Revision {
    /// The MAC of the row: over each column as it is kept.
    fn mac(&self, keys: &Keys, upload_sha256: &[u8], sealed: &Sealed<'_>) -> [u8; 32] {
        let numbers = [
            self.revision,
            self.width_mm,
            self.height_mm,
            self.resolution_dpi,
            self.valid_from.milliseconds(),
            self.valid_until.milliseconds(),
            self.created_at.milliseconds(),
        ];
        let numbers: Vec<u8> = numbers.into_iter().flat_map(i64::to_be_bytes).collect();
        mac(
            keys,
            Label::SealEvidence,
            &[
                self.seal_id.as_bytes(),
                self.enterprise.as_bytes(),
                self.signed_by_account.as_bytes(),
                &numbers,
                self.es_id.as_bytes(),
                self.name.as_bytes(),
                self.kind.as_bytes(),
                self.shape.as_bytes(),
                self.colour.as_bytes(),
                &self.image,
                upload_sha256,
                sealed.upload,
                self.challenge_text.as_bytes(),
                sealed.certificate,
                &self.signature,
                self.algorithm.as_bytes(),
                sealed.seseal,
                self.signed_by.as_bytes(),
            ],
        )
    }

    /// Writes the row.
    pub async fn keep(
        &self,
        keys: &Keys,
        entropy: &dyn Entropy,
        connection: &mut dyn Connection,
    ) -> Result<(), Problem> {
        let protect =
            |column, plain: &[u8]| encrypt(keys, entropy, Place { column, row: self.es_id.as_bytes() }, plain);
        let upload = protect(UPLOAD, &self.upload)?;
        let certificate = protect(CERTIFICATE, &self.certificate)?;
        let seseal = protect(SESEAL, &self.seseal)?;
        let upload_sha256 = sha256(&self.upload);
        let sealed = Sealed { upload: &upload, certificate: &certificate, seseal: &seseal };
        let mac = self.mac(keys, &upload_sha256, &sealed);
        connection
            .execute(
                &sql!(
                    "INSERT INTO seal_revisions (seal_id, revision, enterprise_id, es_id, name, kind, shape, colour, width_mm, height_mm,
                                                 resolution_dpi, image, upload_sha256, upload_enc, challenge_text, certificate_enc, signature,
                                                 algorithm, seseal_enc, signed_by, signed_by_account, valid_from, valid_until, created_at, mac)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)"
                ),
                &[
                    self.seal_id.into(),
                    self.revision.into(),
                    self.enterprise.into(),
                    self.es_id.as_str().into(),
                    self.name.as_str().into(),
                    self.kind.as_str().into(),
                    self.shape.as_str().into(),
                    self.colour.as_str().into(),
                    self.width_mm.into(),
                    self.height_mm.into(),
                    self.resolution_dpi.into(),
                    self.image.as_slice().into(),
                    upload_sha256.into(),
                    upload.into(),
                    self.challenge_text.as_str().into(),
                    certificate.into(),
                    self.signature.as_slice().into(),
                    self.algorithm.as_str().into(),
                    seseal.into(),
                    self.signed_by.as_str().into(),
                    self.signed_by_account.into(),
                    self.valid_from.into(),
                    self.valid_until.into(),
                    self.created_at.into(),
                    mac.into(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Whether everything in it is what was signed.
    fn is_whole(&self) -> bool {
        let first = (self.revision > 1).then_some(self.seal_id);
        let words = text(first, &self.name, &self.kind, &self.shape, &sha256(&self.upload));
        let purpose = format!("purpose: seal {}", digest(&words));
        let Ok(algorithm) = Algorithm::parse(&self.algorithm) else { return false };
        let Ok(seal) = eport_seal::read(&self.seseal) else { return false };
        let info = &seal.seal_info;
        let millimetres = |side: u32, kept: i64| i64::from(side) == kept;
        self.challenge_text.lines().nth(2) == Some(purpose.as_str())
            && signed_by(&self.certificate, algorithm, &self.challenge_text, &self.signature).is_ok()
            && info.es_id.as_str() == self.es_id
            && info.property.name == self.name
            && info.property.cert_list.iter().any(|certificate| certificate.as_bytes() == self.certificate)
            && info.picture.data.as_bytes() == self.image
            && millimetres(info.picture.width, self.width_mm)
            && millimetres(info.picture.height, self.height_mm)
    }
}

/// The present revision of a seal of `enterprise`, if it is still what was signed. A seal that was deleted, and another enterprise's, is not
/// found.
pub async fn load(context: &Context<'_>, enterprise: Uuid, seal: Uuid) -> Result<Revision, Problem> {
    let rows = query(
        context.database,
        &sql!(
            "SELECT r.seal_id, r.revision, r.enterprise_id, r.es_id, r.name, r.kind, r.shape, r.colour, r.width_mm, r.height_mm, r.resolution_dpi,
                    r.image, r.upload_sha256, r.upload_enc, r.challenge_text, r.certificate_enc, r.signature, r.algorithm, r.seseal_enc,
                    r.signed_by, r.signed_by_account, r.valid_from, r.valid_until, r.created_at, r.mac, s.kind
             FROM seals s JOIN seal_revisions r ON r.seal_id = s.id AND r.revision = s.revision
             WHERE s.id = $1 AND s.enterprise_id = $2 AND s.state <> 'deleted'"
        ),
        &[seal.into(), enterprise.into()],
    )
    .await?;
    let row = rows.first().ok_or_else(|| Problem::new(&catalogue::RESOURCE_NOT_FOUND))?;
    match whole(context.keys, row)? {
        Some(revision) if revision.enterprise == enterprise && revision.kind == row.get::<String>(25)? => Ok(revision),
        _ => Err(Problem::new(&catalogue::SEAL_EVIDENCE_BROKEN)),
    }
}

/// The revision of a row; nothing where anything in it was changed.
fn whole(keys: &Keys, row: &Row) -> Result<Option<Revision>, DatabaseError> {
    let es_id: String = row.get(3)?;
    let (upload_sha256, upload): (Vec<u8>, Vec<u8>) = (row.get(12)?, row.get(13)?);
    let (certificate, seseal): (Vec<u8>, Vec<u8>) = (row.get(15)?, row.get(18)?);
    let kept: Vec<u8> = row.get(24)?;
    let clear = |column, kept: &[u8]| {
        decrypt(keys, Place { column, row: es_id.as_bytes() }, kept).map(|plain| plain.to_vec()).ok()
    };
    let clear = clear(UPLOAD, &upload).zip(clear(CERTIFICATE, &certificate)).zip(clear(SESEAL, &seseal));
    let Some(((clear_upload, clear_certificate), clear_seseal)) = clear else { return Ok(None) };
    let revision = Revision {
        seal_id: row.get(0)?,
        revision: row.get(1)?,
        enterprise: row.get(2)?,
        es_id: es_id.clone(),
        name: row.get(4)?,
        kind: row.get(5)?,
        shape: row.get(6)?,
        colour: row.get(7)?,
        width_mm: row.get(8)?,
        height_mm: row.get(9)?,
        resolution_dpi: row.get(10)?,
        image: row.get(11)?,
        upload: clear_upload,
        challenge_text: row.get(14)?,
        certificate: clear_certificate,
        signature: row.get(16)?,
        algorithm: row.get(17)?,
        seseal: clear_seseal,
        signed_by: row.get(19)?,
        signed_by_account: row.get(20)?,
        valid_from: row.get(21)?,
        valid_until: row.get(22)?,
        created_at: row.get(23)?,
    };
    let sealed = Sealed { upload: &upload, certificate: &certificate, seseal: &seseal };
    let authentic = same(&revision.mac(keys, &upload_sha256, &sealed), &kept);
    Ok((authentic && same(&upload_sha256, &sha256(&revision.upload)) && revision.is_whole()).then_some(revision))
}
