//! The routes of `portal`. Every path that no other component has is the page's.

use super::health;
use crate::routes::Route;

pub(super) const ROUTES: &[Route] = &[health("/v1/health/portal", "portal", "health_portal")];
