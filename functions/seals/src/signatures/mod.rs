//! J16: a person's own signature images.

pub mod make;
pub mod state;
pub mod view;

use eport_shared::crypto::Place;
use uuid::Uuid;

/// Where the image stands: it is personal, and encrypted.
fn place(id: &Uuid) -> Place<'_> {
    Place::new("signature_images.image", id)
}
