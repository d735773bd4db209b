//! `Idempotency-Key`: a retry gets the first answer, another body under the same key is refused.
//!
//! The claim of a key is one SQL insert, so that of two requests at once only one does the work. (A key-value store has no
//! such step; that is why this is not there.)

use bytes::Bytes;
use eport_schema::catalogue;
use eport_schema::routes::REFRESH_COOKIE;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::crypto::{Label, Place, decrypt, encrypt, mac};
use crate::http::{Request, Response};
use crate::problem::Problem;
use crate::sql;
use crate::sql::query;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// After this long a claim without an answer is taken to be a request that died, in seconds.
const ABANDONED_SECONDS: i64 = 60;

#[derive(Serialize, Deserialize)]
struct Reply {
    content_type: Option<String>,
    content_language: Option<String>,
    #[serde(default)]
    set_cookie: Option<String>,
    #[serde(default)]
    etag: Option<String>,
    body: String,
}

/// Runs `work` once for each key on a route that takes keys; just runs it where there is no key.
pub async fn once(
    context: &Context<'_>,
    request: &Request,
    work: impl AsyncFnOnce() -> Result<Response, Problem>,
) -> Result<Response, Problem> {
    if !request.route.idempotent {
        return work().await;
    }
    let Some(key) = request.headers.get(&KEY) else {
        return work().await;
    };
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=255).contains(&key.len()))
        .ok_or_else(|| Problem::new(&catalogue::IDEMPOTENCY_KEY_FORMAT))?;

    let caller = context.recognised.borrow().as_ref().map(|caller| caller.account_id);
    let key_hash = mac(
        context.keys,
        Label::IdempotencyKey,
        &[
            request.route.operation.as_bytes(),
            caller.as_ref().map(|id| id.as_bytes().as_slice()).unwrap_or_default(),
            key.as_bytes(),
        ],
    );
    let path: Vec<u8> = request.parameters.iter().flat_map(|(_, value)| value.bytes().chain([b'/'])).collect();
    // The query says what is done with the body. (Without one the hash is what it was before queries counted.)
    let asked: Vec<u8> = request
        .query
        .iter()
        .flat_map(|(name, value)| name.bytes().chain([b'=']).chain(value.bytes()).chain([b'&']))
        .collect();
    let mut parts: Vec<&[u8]> = vec![&path, &request.body];
    if !asked.is_empty() {
        parts.push(&asked);
    }
    // With the cookie asked for or not, the answer is another one.
    if request.wants_refresh_cookie() {
        parts.push(REFRESH_COOKIE.as_bytes());
    }
    let request_hash = mac(context.keys, Label::IdempotencyBody, &parts);

    if let Some(reply) = claim(context, key_hash, request_hash).await? {
        return Ok(reply);
    }
    let answer = work().await;
    let response = match &answer {
        Ok(response) => response.clone(),
        Err(problem) => problem.clone().into_response(context.client.language),
    };
    if worth_keeping(response.status()) {
        // The work is done and stays done, whether or not its answer could be kept.
        let _ = keep(context, key_hash, &response).await;
    } else {
        query(
            context.database,
            &sql!("DELETE FROM idempotency WHERE key_hash = $1 AND status IS NULL"),
            &[key_hash.into()],
        )
        .await?;
    }
    answer
}

/// An answer that the same request would get again; not one that a later try may turn out otherwise.
fn worth_keeping(status: StatusCode) -> bool {
    !status.is_server_error() && !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS)
}

/// `None` where the key is ours to work for, the kept reply where there is one.
async fn claim(context: &Context<'_>, key_hash: [u8; 32], request_hash: [u8; 32]) -> Result<Option<Response>, Problem> {
    let outdated = context.now.plus_seconds(-context.settings.idempotency_seconds);
    let abandoned = context.now.plus_seconds(-ABANDONED_SECONDS);
    // One statement: takes a free key, one whose reply has served its time, or one whose request died without an answer.
    let ours = query(
        context.database,
        &sql!(
            "INSERT INTO idempotency (key_hash, request_hash, created_at) VALUES ($1, $2, $3)
             ON CONFLICT (key_hash) DO UPDATE
             SET request_hash = excluded.request_hash, created_at = excluded.created_at, status = NULL, reply_enc = NULL
             WHERE idempotency.created_at < $4
                OR (idempotency.status IS NULL AND idempotency.created_at < $5
                    AND idempotency.request_hash = excluded.request_hash)
             RETURNING key_hash"
        ),
        &[key_hash.into(), request_hash.into(), context.now.into(), outdated.into(), abandoned.into()],
    )
    .await?;
    if !ours.is_empty() {
        return Ok(None);
    }
    let rows = query(
        context.database,
        &sql!("SELECT request_hash, status, reply_enc FROM idempotency WHERE key_hash = $1"),
        &[key_hash.into()],
    )
    .await?;
    let Some(row) = rows.first() else {
        // Released between the two statements: the first request was refused in a way that may change.
        return Err(Problem::new(&catalogue::IDEMPOTENCY_IN_PROGRESS).retry_after(1));
    };
    if row.get::<Vec<u8>>(0)? != request_hash {
        return Err(Problem::new(&catalogue::IDEMPOTENCY_KEY_REUSED));
    }
    let (Some(status), Some(kept)) = (row.get::<Option<i64>>(1)?, row.get::<Option<Vec<u8>>>(2)?) else {
        return Err(Problem::new(&catalogue::IDEMPOTENCY_IN_PROGRESS).retry_after(1));
    };
    let reply = decrypt(context.keys, Place { column: "idempotency.reply", row: &key_hash }, &kept)?;
    let reply: Reply = serde_json::from_slice(&reply).map_err(|_| Problem::new(&catalogue::SERVICE_INTERNAL))?;
    let mut response = Response::new(Bytes::from(reply.body));
    *response.status_mut() = u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, text) in [
        (header::CONTENT_TYPE, reply.content_type),
        (header::CONTENT_LANGUAGE, reply.content_language),
        (header::SET_COOKIE, reply.set_cookie),
        (header::ETAG, reply.etag),
    ] {
        if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(Some(response))
}

async fn keep(context: &Context<'_>, key_hash: [u8; 32], response: &Response) -> Result<(), Problem> {
    let field = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let reply = Reply {
        content_type: field(header::CONTENT_TYPE),
        content_language: field(header::CONTENT_LANGUAGE),
        set_cookie: field(header::SET_COOKIE),
        etag: field(header::ETAG),
        body: String::from_utf8_lossy(response.body()).into_owned(),
    };
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(&reply).unwrap_or_default());
    let place = Place { column: "idempotency.reply", row: &key_hash };
    let kept = encrypt(context.keys, context.entropy, place, &plain)?;
    query(
        context.database,
        &sql!("UPDATE idempotency SET status = $2, reply_enc = $3 WHERE key_hash = $1"),
        &[key_hash.into(), i64::from(response.status().as_u16()).into(), kept.into()],
    )
    .await?;
    // A few rows that have served their time go with each new one.
    query(
        context.database,
        &sql!(
            "DELETE FROM idempotency WHERE key_hash IN
             (SELECT key_hash FROM idempotency WHERE created_at < $1 ORDER BY created_at LIMIT 10)"
        ),
        &[context.now.plus_seconds(-context.settings.idempotency_seconds).into()],
    )
    .await?;
    Ok(())
}
