//! The routes of `operators`: J8.

use super::health;
use crate::routes::Route;

pub(super) const ROUTES: &[Route] = &[health("/v1/health/operators", "operators", "health_operators")];
