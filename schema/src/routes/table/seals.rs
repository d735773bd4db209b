//! The routes of `seals`: J15, J16.

use super::health;
use crate::routes::Route;

pub(super) const ROUTES: &[Route] = &[health("/v1/health/seals", "seals", "health_seals")];
