//! Messages that also go out as SMS, because their receiver wants it (J7): after the transaction that they tell of, never in it.

use eport_schema::catalogue::{self, Language};
use eport_schema::domain::Phone;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::context::Context;
use crate::inbox::Kind;
use crate::platform::new_id;
use crate::rate;
use crate::sms::provider::{self, Undelivered};
use crate::sms::text;

/// An SMS that waits for the end of its transaction.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Whose phone it is.
    pub account: Uuid,
    /// The phone.
    pub phone: Phone,
    /// What it tells of.
    pub kind: Kind,
    /// What the words are filled with.
    pub data: Json,
    /// The receiver's language.
    pub language: Language,
}

/// How many SMS one request sends at the most: its answer waits for them.
const MOST: usize = 5;

/// A day, in seconds.
const DAY: i64 = 24 * 3600;

/// Sends what the request has put aside. Nothing that goes wrong here is told to the caller: what the SMS speak of is done.
pub async fn send(context: &Context<'_>) {
    for notice in context.notices.take().into_iter().take(MOST) {
        if deliver(context, new_id(context.now, context.entropy), &notice).await == Delivery::Failed {
            // A gateway that is down would make the caller wait for each of them.
            return;
        }
    }
}

/// What became of an SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// It left.
    Sent,
    /// Its receiver has had enough of them today.
    Limited,
    /// The gateway won't take it, whenever it is sent.
    Refused,
    /// The gateway didn't take it.
    Failed,
}

/// Sends one, unless its receiver has had as many today as the settings allow. `id` is the SMS's: tried again under the same, it arrives once.
pub async fn deliver(context: &Context<'_>, id: Uuid, notice: &Notice) -> Delivery {
    let (subject, most) = (notice.account.to_string(), context.settings.sms_notices_day);
    if rate::count(context, "notice", &subject, most, DAY, &catalogue::SMS_PHONE_LIMIT).await.is_err() {
        return Delivery::Limited;
    }
    let words = words(notice);
    match provider::notify(context, id, &notice.phone, notice.kind.as_str(), &words).await {
        Ok(()) => Delivery::Sent,
        Err(Undelivered::Refused) => Delivery::Refused,
        Err(Undelivered::Unavailable(_)) => Delivery::Failed,
    }
}

/// The text. What a stranger can put into a message, such as an enterprise's name or a browser's, never goes to anybody's phone: of those kinds
/// only the heading does.
fn words(notice: &Notice) -> String {
    let (title, body) = notice.kind.words(notice.language, &notice.data);
    let own = matches!(notice.kind, Kind::PasswordChanged | Kind::CardExpiring | Kind::QualificationExpiring);
    match (notice.language, own) {
        (Language::Zh, _) if notice.kind == Kind::PasswordChanged => text::PASSWORD_CHANGED.to_owned(),
        (Language::Zh, true) => format!("【电子口岸】{title}：{body}"),
        (Language::Zh, false) => format!("【电子口岸】{title}。详情请登录平台查看消息。"),
        (Language::En, true) => format!("【电子口岸】{title}: {body}"),
        (Language::En, false) => format!("【电子口岸】{title}. Log in to see the message."),
    }
}
