//! The routes of `enterprises`: J6, J9, J12, J13.

use super::health;
use crate::routes::Route;

pub(super) const ROUTES: &[Route] = &[health("/v1/health/enterprises", "enterprises", "health_enterprises")];
