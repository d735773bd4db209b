//! Messages to a person's inbox (J17): written in the transaction of what they tell of.

use eport_schema::catalogue::Language;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::context::Context;
use crate::platform::{Connection, DatabaseError, new_id};
use crate::sql;

/// What a message tells of. Its words are made when it is read, in the reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The account was registered.
    Welcome,
    /// A login from a device that was not seen before.
    NewDevice,
    /// The password was changed or reset.
    PasswordChanged,
    /// The phone was changed.
    PhoneChanged,
    /// Staff unlocked the account.
    AccountUnlocked,
}

impl Kind {
    const ALL: [Self; 5] =
        [Self::Welcome, Self::NewDevice, Self::PasswordChanged, Self::PhoneChanged, Self::AccountUnlocked];

    /// As the table keeps it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::NewDevice => "new_device",
            Self::PasswordChanged => "password_changed",
            Self::PhoneChanged => "phone_changed",
            Self::AccountUnlocked => "account_unlocked",
        }
    }

    /// From what the table keeps.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Title and body, filled from `data`.
    pub fn words(self, language: Language, data: &Json) -> (String, String) {
        let text = |name: &str| data.get(name).and_then(Json::as_str).unwrap_or("—").to_owned();
        let (zh, en) = match self {
            Self::Welcome => (
                ("注册成功".to_owned(), "您的账号已注册成功。办理企业业务前，请先关联企业。".to_owned()),
                ("Welcome".to_owned(), "Your account is ready. Join your enterprise before you act for it.".to_owned()),
            ),
            Self::NewDevice => (
                (
                    "新设备登录".to_owned(),
                    format!("您的账号在新设备上登录：{}，地址 {}。如非本人操作，请修改密码并结束该会话。", text("device"), text("address")),
                ),
                (
                    "Login from a new device".to_owned(),
                    format!(
                        "Your account was used on a new device: {}, address {}. If that was not you, change your password and end the session.",
                        text("device"),
                        text("address")
                    ),
                ),
            ),
            Self::PasswordChanged => (
                ("密码已修改".to_owned(), "您的账号密码已修改，其他会话已结束。如非本人操作，请立即重置密码。".to_owned()),
                (
                    "Password changed".to_owned(),
                    "Your password was changed and your other sessions were ended. If that was not you, reset it at once.".to_owned(),
                ),
            ),
            Self::PhoneChanged => (
                ("手机号已更换".to_owned(), format!("您的账号手机号已由 {} 更换为 {}。", text("before"), text("after"))),
                (
                    "Phone changed".to_owned(),
                    format!("The phone of your account was changed from {} to {}.", text("before"), text("after")),
                ),
            ),
            Self::AccountUnlocked => (
                ("账号已解锁".to_owned(), "平台已解锁您的账号。".to_owned()),
                ("Account unlocked".to_owned(), "The platform has unlocked your account.".to_owned()),
            ),
        };
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// Puts a message into the inbox of `account`.
pub async fn put(
    context: &Context<'_>,
    connection: &mut dyn Connection,
    account: Uuid,
    kind: Kind,
    data: &Json,
) -> Result<(), DatabaseError> {
    connection
        .execute(
            &sql!("INSERT INTO messages (id, account_id, kind, data, created_at) VALUES ($1, $2, $3, $4, $5)"),
            &[
                new_id(context.now, context.entropy).into(),
                account.into(),
                kind.as_str().into(),
                data.to_string().into(),
                context.now.into(),
            ],
        )
        .await
        .map(drop)
}
