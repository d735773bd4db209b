//! What a seal is to be: read from a request, checked, and put into the words whose digest the legal-person card signs.

use eport_card::{Purpose, SealDigest};
use eport_schema::catalogue;
use eport_schema::domain::{SealKind, SealName, SealShape};
use eport_schema::wire::{SealDraft, SealPatch, SealRequest};
use eport_shared::crypto::sha256;
use eport_shared::problem::{Fields, Problem};
use uuid::Uuid;

use super::evidence::Revision;
use crate::files::image_field;
use crate::image::{CheckedImage, check_seal};

/// The fields of a request that say what a seal is to be, before they are checked.
#[derive(Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// Its kind.
    pub kind: Option<&'a str>,
    /// Its shape.
    pub shape: Option<&'a str>,
    /// Its image.
    pub image: Option<&'a str>,
}

impl<'a> From<&'a SealRequest> for Asked<'a> {
    fn from(body: &'a SealRequest) -> Self {
        Self { name: Some(&body.name), kind: Some(&body.kind), shape: Some(&body.shape), image: Some(&body.image) }
    }
}

impl<'a> From<&'a SealPatch> for Asked<'a> {
    fn from(body: &'a SealPatch) -> Self {
        Self {
            name: body.name.as_deref(),
            kind: body.kind.as_deref(),
            shape: body.shape.as_deref(),
            image: body.image.as_deref(),
        }
    }
}

/// What a seal is to be, checked.
pub struct Order {
    /// The seal that it is a change of; none where it is a new one.
    pub seal: Option<Uuid>,
    /// Its name.
    pub name: SealName,
    /// Its kind.
    pub kind: SealKind,
    /// Its shape.
    pub shape: SealShape,
    /// The file.
    pub upload: Vec<u8>,
    /// What is kept of it.
    pub image: CheckedImage,
}

impl Order {
    /// A new seal: all that it is must be said.
    pub fn new(asked: Asked<'_>) -> Result<Self, Problem> {
        let missing = |field| Problem::field(field, &catalogue::REQUEST_MISSING_FIELD);
        let mut fields = Fields::new();
        let name = fields.check("name", SealName::parse(asked.name.ok_or_else(|| missing("name"))?));
        let kind = fields.check("kind", SealKind::parse(asked.kind.ok_or_else(|| missing("kind"))?));
        let shape = fields.check("shape", SealShape::parse(asked.shape.ok_or_else(|| missing("shape"))?));
        let upload = image_field(&mut fields, asked.image.ok_or_else(|| missing("image"))?);
        let (((name, kind), shape), upload) = fields.finish(name.zip(kind).zip(shape).zip(upload))?;
        Self::checked(None, name, kind, shape, upload)
    }

    /// A change of a seal that is `present` now: what isn't said stays as it is.
    pub fn change(present: &Revision, asked: Asked<'_>) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let name = fields.check("name", SealName::parse(asked.name.unwrap_or(&present.name)));
        let kind = fields.check("kind", SealKind::parse(asked.kind.unwrap_or(&present.kind)));
        let shape = fields.check("shape", SealShape::parse(asked.shape.unwrap_or(&present.shape)));
        let upload = match asked.image {
            Some(image) => image_field(&mut fields, image),
            None => Some(present.upload.clone()),
        };
        let (((name, kind), shape), upload) = fields.finish(name.zip(kind).zip(shape).zip(upload))?;
        let renews = asked.image.is_some();
        let same = name.as_str() == present.name && kind.as_str() == present.kind && shape.as_str() == present.shape;
        if same && !renews {
            return Err(Problem::new(&catalogue::SEAL_NOTHING_TO_CHANGE));
        }
        Self::checked(Some(present.seal_id), name, kind, shape, upload)
    }

    fn checked(
        seal: Option<Uuid>,
        name: SealName,
        kind: SealKind,
        shape: SealShape,
        upload: Vec<u8>,
    ) -> Result<Self, Problem> {
        let image = check_seal(&upload, shape).map_err(|refusal| Problem::field("image", refusal))?;
        Ok(Self { seal, name, kind, shape, upload, image })
    }

    /// The words whose digest the card signs.
    pub fn text(&self) -> String {
        text(self.seal, self.name.as_str(), self.kind.as_str(), self.shape.as_str(), &sha256(&self.upload))
    }

    /// What the card's challenge is for.
    pub fn purpose(&self) -> Result<Purpose, Problem> {
        SealDigest::parse(&digest(&self.text()))
            .map(Purpose::Seal)
            .map_err(|_| Problem::new(&catalogue::SERVICE_INTERNAL))
    }

    /// The answer to a check.
    pub fn draft(&self) -> SealDraft {
        let text = self.text();
        SealDraft {
            digest: digest(&text),
            text,
            image_sha256: hex::encode(sha256(&self.upload)),
            width_mm: self.image.width_mm.into(),
            height_mm: self.image.height_mm.into(),
            resolution_dpi: self.image.dpi.into(),
            colour: self.image.colour.as_str().to_owned(),
        }
    }
}

/// The words of a seal: UTF-8, `\n` between the six lines, none at the end. A name can't hold a line break, so no two seals have the same.
pub fn text(seal: Option<Uuid>, name: &str, kind: &str, shape: &str, upload_sha256: &[u8]) -> String {
    let seal = seal.map_or("new".to_owned(), |id| id.to_string());
    let image = hex::encode(upload_sha256);
    format!("eport-id/seal/v1\nseal: {seal}\nname: {name}\nkind: {kind}\nshape: {shape}\nimage: {image}")
}

/// SHA-256 of the words, lower-case hexadecimal.
pub fn digest(text: &str) -> String {
    hex::encode(sha256(text.as_bytes()))
}
