//! The words of messages, Chinese and English.

use eport_schema::catalogue::Language;
use serde_json::Value as Json;

use super::Kind;
use crate::device::device;

impl Kind {
    /// Title and body, filled from `data`.
    pub fn words(self, language: Language, data: &Json) -> (String, String) {
        let text = |name: &str| data.get(name).and_then(Json::as_str).unwrap_or("—").to_owned();
        // How many wait for the new administrator's decision, since a claim fell.
        let waiting = match data.get("waiting").and_then(Json::as_u64) {
            None | Some(0) => (String::new(), String::new()),
            Some(people) => (
                format!("经原申请人加入的人员等 {people} 人须由您重新审核。"),
                format!(" People who came with the claim before yours wait for your decision: {people}."),
            ),
        };
        // Which phone an account was registered with that a card has just proven for the first time.
        let registered = match data.get("registered_with").and_then(Json::as_str) {
            None => (String::new(), String::new()),
            Some(phone) => (
                format!(
                    "该账号先前以手机号 {phone} 注册；如不是您本人注册的，请更换为您的手机号，再通过“忘记密码”重设密码，其他会话随即全部结束。"
                ),
                format!(
                    " The account was registered before with the phone {phone}. If that was not you, change the phone to yours and then reset the password as a forgotten one: that ends all other sessions."
                ),
            ),
        };
        let (zh, en) = match self {
            Self::Welcome => (
                ("注册成功".to_owned(), "您的账号已注册成功。办理企业业务前，请先关联企业。".to_owned()),
                ("Welcome".to_owned(), "Your account is ready. Join your enterprise before you act for it.".to_owned()),
            ),
            Self::NewDevice => (
                (
                    "新设备登录".to_owned(),
                    format!("您的账号在新设备上登录：{}，地址 {}。如非本人操作，请修改密码并结束该会话。", device(&text("device"), language), text("address")),
                ),
                (
                    "Login from a new device".to_owned(),
                    format!(
                        "Your account was used on a new device: {}, address {}. If that was not you, change your password and end the session.",
                        device(&text("device"), language),
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
                    format!("卡号 {} 的 IC 卡已绑定您的账号，可以用它登录。如非本人操作，请立即解绑并修改密码。{}", text("card_number"), registered.0),
                ),
                (
                    "Card bound".to_owned(),
                    format!(
                        "The card {} was tied to your account and can log in. If that was not you, unbind it and change your password at once.{}",
                        text("card_number"),
                        registered.1
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
                (
                    "您已成为企业管理员".to_owned(),
                    format!("您用 {} 的法人卡证明了身份，已成为该企业的管理员。{}", text("enterprise"), waiting.0),
                ),
                (
                    "You are the administrator".to_owned(),
                    format!("By the legal-person card of {} you became its administrator.{}", text("enterprise"), waiting.1),
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
            Self::AssociationWaiting => (
                (
                    "关联申请待审核".to_owned(),
                    format!("{} 申请以操作员身份关联 {}，请审核。", text("applicant"), text("enterprise")),
                ),
                (
                    "A request to join waits for you".to_owned(),
                    format!("{} asks to join {} as an operator. Please decide.", text("applicant"), text("enterprise")),
                ),
            ),
            Self::AssociationApproved => (
                ("关联申请已通过".to_owned(), format!("您已成为 {} 的操作员。", text("enterprise"))),
                ("Your request was approved".to_owned(), format!("You are an operator of {}.", text("enterprise"))),
            ),
            Self::AssociationRejected => (
                (
                    "关联申请被驳回".to_owned(),
                    format!("您关联 {} 的申请未获通过。原因：{}。", text("enterprise"), text("reason")),
                ),
                (
                    "Your request was rejected".to_owned(),
                    format!("Your request to join {} was rejected: {}.", text("enterprise"), text("reason")),
                ),
            ),
            Self::AdministratorHandedOver => (
                (
                    "企业管理员已变更".to_owned(),
                    format!("您已将 {} 的企业管理员变更为 {}，您现在是该企业的操作员。如非本人操作，请立即修改密码并联系平台客服。", text("enterprise"), text("person")),
                ),
                (
                    "You handed over".to_owned(),
                    format!(
                        "You made {} the administrator of {} and are an operator now. If that was not you, change your password and contact the platform's support at once.",
                        text("person"),
                        text("enterprise")
                    ),
                ),
            ),
            Self::AdministratorByTransfer => (
                (
                    "您已成为企业管理员".to_owned(),
                    format!("{} 已将 {} 的企业管理员变更为您。", text("person"), text("enterprise")),
                ),
                (
                    "You are the administrator".to_owned(),
                    format!("{} made you the administrator of {}.", text("person"), text("enterprise")),
                ),
            ),
            Self::OperatorInvited => (
                (
                    "企业邀请您成为操作员".to_owned(),
                    format!("{} 邀请您成为该企业的操作员。请在“我的邀请”中接受或谢绝。", text("enterprise")),
                ),
                (
                    "An enterprise invites you".to_owned(),
                    format!("{} wants you as an operator. Accept or decline among your invitations.", text("enterprise")),
                ),
            ),
            Self::InvitationAccepted => (
                ("邀请已被接受".to_owned(), format!("{} 已接受邀请，成为本企业的操作员。", text("name"))),
                ("Your invitation was accepted".to_owned(), format!("{} is an operator of the enterprise now.", text("name"))),
            ),
            Self::InvitationDeclined => (
                ("邀请已被谢绝".to_owned(), format!("{} 谢绝了本企业的邀请。", text("name"))),
                ("Your invitation was declined".to_owned(), format!("{} doesn't want to join the enterprise.", text("name"))),
            ),
            Self::MembershipSuspended => (
                ("操作员资格已停用".to_owned(), format!("{} 的管理员已停用您的操作员资格。", text("enterprise"))),
                ("You were suspended".to_owned(), format!("The administrator of {} has suspended you as an operator.", text("enterprise"))),
            ),
            Self::MembershipResumed => (
                ("操作员资格已恢复".to_owned(), format!("{} 的管理员已恢复您的操作员资格。", text("enterprise"))),
                ("You may act again".to_owned(), format!("The administrator of {} lets you act as an operator again.", text("enterprise"))),
            ),
            Self::MembershipEnded => (
                ("您已不再是操作员".to_owned(), format!("{} 的管理员已将您移出该企业。您的账号仍然有效。", text("enterprise"))),
                (
                    "You are an operator no longer".to_owned(),
                    format!("The administrator of {} has removed you from the enterprise. Your account remains.", text("enterprise")),
                ),
            ),
            Self::MembershipWaiting => (
                (
                    "操作员身份须重新审核".to_owned(),
                    format!("{} 原企业管理员的身份未经核实，经其加入的人员须重新审核。您现为等待审核的操作员，原有权限已取消。", text("enterprise")),
                ),
                (
                    "Your place waits for approval".to_owned(),
                    format!(
                        "The administrator who let you into {} was never verified. You now wait for approval as an operator, without the permissions that you had.",
                        text("enterprise")
                    ),
                ),
            ),
            Self::CardJoinWaiting => (
                (
                    "须经管理员审核".to_owned(),
                    format!("您曾被 {} 的管理员移出该企业。您的卡已绑定账号，但须经管理员审核后才能重新加入。", text("enterprise")),
                ),
                (
                    "You wait for approval".to_owned(),
                    format!(
                        "The administrator of {} had removed you. Your card is bound to your account, but only their approval brings you back into the enterprise.",
                        text("enterprise")
                    ),
                ),
            ),
            Self::InitialPassword => (
                (
                    "密码已由管理员重置".to_owned(),
                    "贵企业的管理员为您重置了密码，新的初始密码已用短信发到您的手机，登录后须修改。".to_owned(),
                ),
                (
                    "The administrator has reset your password".to_owned(),
                    "Your enterprise's administrator has reset your password. A new initial password went to your phone; change it after you log in."
                        .to_owned(),
                ),
            ),
            Self::QualificationExpiring => (
                (
                    "企业资质即将到期".to_owned(),
                    format!("{}（编号 {}）将于 {} 到期，请及时办理延续。", text("kind_zh"), text("number"), text("ends_on")),
                ),
                (
                    "A qualification ends soon".to_owned(),
                    format!("{} (number {}) ends on {}. Have it renewed in time.", text("kind_en"), text("number"), text("ends_on")),
                ),
            ),
            Self::PermissionsChanged => (
                (
                    "应用权限已变更".to_owned(),
                    format!("您在 {} 的应用权限已变更。新增：{}。取消：{}。", text("enterprise"), text("added_zh"), text("removed_zh")),
                ),
                (
                    "Your permissions have changed".to_owned(),
                    format!(
                        "What you may do for {} has changed. Added: {}. Taken away: {}.",
                        text("enterprise"),
                        text("added_en"),
                        text("removed_en")
                    ),
                ),
            ),
            Self::SealChanged => {
                let (done_zh, done_en) = match text("change").as_str() {
                    "created" => ("已制作", "was made"),
                    "changed" => ("已修改", "was changed"),
                    "authorized" => ("已启用", "was put into use"),
                    "disabled" => ("已停用", "was disabled"),
                    "enabled" => ("已恢复使用", "was put into use again"),
                    "default" => ("已设为默认", "was made the default"),
                    "deleted" => ("已删除", "was deleted"),
                    _ => ("有变动", "has changed"),
                };
                (
                    (
                        format!("印章{done_zh}"),
                        format!("{} 的印章“{}”{done_zh}。如非贵企业所为，请立即停用印章并联系平台客服。", text("enterprise"), text("name")),
                    ),
                    (
                        format!("A seal {done_en}"),
                        format!(
                            "The seal \"{}\" of {} {done_en}. If that was not your enterprise's doing, disable it at once and contact the platform's support.",
                            text("name"),
                            text("enterprise")
                        ),
                    ),
                )
            }
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
                    format!("平台已将您变更为 {} 的企业管理员。原因：{}。{}", text("enterprise"), text("reason"), waiting.0),
                ),
                (
                    "You are the administrator".to_owned(),
                    format!("The platform made you the administrator of {}. Reason: {}.{}", text("enterprise"), text("reason"), waiting.1),
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
