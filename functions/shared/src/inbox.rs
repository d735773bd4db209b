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
    /// A card was tied to the account.
    CardBound,
    /// A card was untied from the account.
    CardUnbound,
    /// The card's certificate ends soon.
    CardExpiring,
    /// The person became an enterprise's administrator by its legal-person card.
    AdministratorByCard,
    /// The enterprise's legal-person card made somebody else its administrator.
    AdministratorReplaced,
    /// Staff verified the enterprise and its administrator.
    EnterpriseVerified,
    /// Staff refused the person's claim to the enterprise.
    EnterpriseRefused,
    /// Staff made the person an enterprise's administrator.
    AdministratorByStaff,
    /// Staff made somebody else the enterprise's administrator.
    AdministratorReplacedByStaff,
}

impl Kind {
    const ALL: [Self; 14] = [
        Self::Welcome,
        Self::NewDevice,
        Self::PasswordChanged,
        Self::PhoneChanged,
        Self::AccountUnlocked,
        Self::CardBound,
        Self::CardUnbound,
        Self::CardExpiring,
        Self::AdministratorByCard,
        Self::AdministratorReplaced,
        Self::EnterpriseVerified,
        Self::EnterpriseRefused,
        Self::AdministratorByStaff,
        Self::AdministratorReplacedByStaff,
    ];

    /// As the table keeps it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::NewDevice => "new_device",
            Self::PasswordChanged => "password_changed",
            Self::PhoneChanged => "phone_changed",
            Self::AccountUnlocked => "account_unlocked",
            Self::CardBound => "card_bound",
            Self::CardUnbound => "card_unbound",
            Self::CardExpiring => "card_expiring",
            Self::AdministratorByCard => "administrator_by_card",
            Self::AdministratorReplaced => "administrator_replaced",
            Self::EnterpriseVerified => "enterprise_verified",
            Self::EnterpriseRefused => "enterprise_refused",
            Self::AdministratorByStaff => "administrator_by_staff",
            Self::AdministratorReplacedByStaff => "administrator_replaced_by_staff",
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
            Self::CardBound => (
                (
                    "已绑定 IC 卡".to_owned(),
                    format!("卡号 {} 的 IC 卡已绑定您的账号，可以用它登录。如非本人操作，请立即解绑并修改密码。", text("card_number")),
                ),
                (
                    "Card bound".to_owned(),
                    format!(
                        "The card {} was tied to your account and can log in. If that was not you, unbind it and change your password at once.",
                        text("card_number")
                    ),
                ),
            ),
            Self::CardUnbound => (
                ("已解绑 IC 卡".to_owned(), format!("卡号 {} 的 IC 卡已与您的账号解绑，用它打开的会话已结束。", text("card_number"))),
                (
                    "Card unbound".to_owned(),
                    format!("The card {} is no longer tied to your account; the sessions that it opened were ended.", text("card_number")),
                ),
            ),
            Self::CardExpiring => (
                (
                    "卡证书即将到期".to_owned(),
                    format!("卡号 {} 的证书将于 {} 到期，请及时到制卡机构更新。", text("card_number"), text("not_after")),
                ),
                (
                    "The card's certificate ends soon".to_owned(),
                    format!("The certificate of the card {} ends on {}. Have its issuer renew it in time.", text("card_number"), text("not_after")),
                ),
            ),
            Self::AdministratorByCard => (
                ("您已成为企业管理员".to_owned(), format!("您用 {} 的法人卡证明了身份，已成为该企业的管理员。", text("enterprise"))),
                (
                    "You are the administrator".to_owned(),
                    format!("By the legal-person card of {} you became its administrator.", text("enterprise")),
                ),
            ),
            Self::AdministratorReplaced => (
                (
                    "企业管理员已变更".to_owned(),
                    format!("{} 的法人卡持有人已成为该企业的管理员。您先前的管理员身份未经核实，现改为等待审核的操作员。", text("enterprise")),
                ),
                (
                    "The administrator has changed".to_owned(),
                    format!(
                        "The holder of the legal-person card of {} became its administrator. Your own claim was not verified; you now wait for approval as an operator.",
                        text("enterprise")
                    ),
                ),
            ),
            Self::EnterpriseVerified => (
                ("企业认证已通过".to_owned(), format!("平台已认证 {} 及您的企业管理员身份。", text("enterprise"))),
                (
                    "The enterprise is verified".to_owned(),
                    format!("The platform has verified {} and you as its administrator.", text("enterprise")),
                ),
            ),
            Self::EnterpriseRefused => (
                (
                    "企业认证未通过".to_owned(),
                    format!(
                        "您作为 {} 企业管理员的申请未通过，您已不属于该企业。原因：{}。请更正后重新关联，或使用该企业的法人卡。",
                        text("enterprise"),
                        text("reason")
                    ),
                ),
                (
                    "The enterprise was not verified".to_owned(),
                    format!(
                        "Your claim to be the administrator of {} was refused, and you don't belong to it any more. Reason: {}. Correct it and ask again, or use the enterprise's legal-person card.",
                        text("enterprise"),
                        text("reason")
                    ),
                ),
            ),
            Self::AdministratorByStaff => (
                (
                    "您已成为企业管理员".to_owned(),
                    format!("平台已将您变更为 {} 的企业管理员。原因：{}。", text("enterprise"), text("reason")),
                ),
                (
                    "You are the administrator".to_owned(),
                    format!("The platform made you the administrator of {}. Reason: {}.", text("enterprise"), text("reason")),
                ),
            ),
            Self::AdministratorReplacedByStaff => (
                (
                    "企业管理员已变更".to_owned(),
                    format!(
                        "平台已将 {} 的企业管理员变更为他人。原因：{}。如有异议，请联系平台客服。",
                        text("enterprise"),
                        text("reason")
                    ),
                ),
                (
                    "The administrator has changed".to_owned(),
                    format!(
                        "The platform made somebody else the administrator of {}. Reason: {}. If you object, contact the platform's support.",
                        text("enterprise"),
                        text("reason")
                    ),
                ),
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
