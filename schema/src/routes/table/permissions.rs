//! The routes of `permissions`: J14.

use super::health;
use crate::routes::Route;

pub(super) const ROUTES: &[Route] = &[health("/v1/health/permissions", "permissions", "health_permissions")];
