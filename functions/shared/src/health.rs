//! `GET /v1/health…`: whether a function can do its work.

use eport_schema::catalogue;
use eport_schema::wire::Health;
use http::StatusCode;

use crate::context::Context;
use crate::http::{Response, json};
use crate::problem::Problem;
use crate::sql;
use crate::sql::query;

/// 200 where the database answers and its tables are there, 503 otherwise.
pub async fn check(context: &Context<'_>, component: &str) -> Result<Response, Problem> {
    if let Err(error) = query(context.database, &sql!("SELECT COUNT(*) FROM audit_heads"), &[]).await {
        eprintln!("{error}");
        return Err(Problem::new(&catalogue::SERVICE_DATABASE_UNAVAILABLE).retry_after(5));
    }
    Ok(json(
        StatusCode::OK,
        &Health {
            status: "ok".to_owned(),
            component: component.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
    ))
}
