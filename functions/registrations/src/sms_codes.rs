//! `POST /v1/sms-codes`.

use eport_schema::domain::{Phone, SmsPurpose};
use eport_schema::wire::{SmsCodeAccepted, SmsCodeRequest};
use eport_shared::context::Context;
use eport_shared::http::{Request, Response, json};
use eport_shared::problem::{Fields, Problem};
use eport_shared::sms::code;
use http::StatusCode;

/// Sends a code. The answer never tells whether an account has the phone.
pub async fn request(context: &Context<'_>, request: &Request) -> Result<Response, Problem> {
    let body: SmsCodeRequest = request.json()?;
    let mut fields = Fields::new();
    let phone = fields.check("phone", Phone::parse(&body.phone));
    let purpose = fields.check("purpose", SmsPurpose::parse(&body.purpose));
    let (phone, purpose) = fields.finish(phone.zip(purpose))?;

    let resend_after = code::send(context, &phone, purpose).await?;
    let resend_after = u32::try_from(resend_after).unwrap_or(u32::MAX);
    Ok(json(StatusCode::ACCEPTED, &SmsCodeAccepted { resend_after }))
}
