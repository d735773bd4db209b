//! The table itself.

use super::{Access, Query, QueryKind, Route};
use crate::catalogue::{self, Text};

const fn text(zh: &'static str, en: &'static str) -> Text {
    Text { zh, en }
}

const LIMIT: Query = Query {
    name: "limit",
    kind: QueryKind::Limit,
    description: text("每页条数，默认 20。", "How many items; 20 if absent."),
};
const CURSOR: Query = Query {
    name: "cursor",
    kind: QueryKind::Cursor,
    description: text("上一页的 next_cursor。", "next_cursor of the page before."),
};

/// A route without body, query or refusals of its own: what the others are written as changes of.
const BASE: Route = Route {
    method: "GET",
    path: "",
    component: "",
    operation: "",
    summary: text("", ""),
    access: Access::Public,
    request: None,
    response: None,
    success: 200,
    query: &[],
    refusals: &[],
    idempotent: false,
};

/// All routes, component by component.
pub static ROUTES: &[Route] = &[
    // registrations: J1, J3
    Route {
        method: "POST",
        path: "/v1/sms-codes",
        component: "registrations",
        operation: "request_sms_code",
        summary: text("获取短信验证码", "Ask for a code by text message"),
        request: Some("SmsCodeRequest"),
        response: Some("SmsCodeAccepted"),
        success: 202,
        refusals: &[
            &catalogue::PHONE_FORMAT,
            &catalogue::PURPOSE_UNKNOWN,
            &catalogue::SMS_RESEND_TOO_SOON,
            &catalogue::SMS_PHONE_LIMIT,
            &catalogue::SMS_ADDRESS_LIMIT,
            &catalogue::SMS_UNAVAILABLE,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/registrations",
        component: "registrations",
        operation: "register",
        summary: text("注册账号", "Register an account"),
        request: Some("RegistrationRequest"),
        response: Some("RegistrationCreated"),
        success: 201,
        refusals: &[
            &catalogue::USERNAME_LENGTH,
            &catalogue::USERNAME_FORMAT,
            &catalogue::NAME_LENGTH,
            &catalogue::NAME_CHARACTERS,
            &catalogue::ID_TYPE_UNKNOWN,
            &catalogue::ID_NUMBER_FORMAT,
            &catalogue::ID_NUMBER_CHECK_CHARACTER,
            &catalogue::ID_NUMBER_DATE,
            &catalogue::PHONE_FORMAT,
            &catalogue::SMS_CODE_FORMAT,
            &catalogue::REGISTRATION_TERMS_REQUIRED,
            &catalogue::SMS_CODE_INVALID,
            &catalogue::SMS_CODE_EXPIRED,
            &catalogue::SMS_CODE_EXHAUSTED,
            &catalogue::REGISTRATION_ID_NUMBER_TAKEN,
            &catalogue::REGISTRATION_PHONE_TAKEN,
            &catalogue::REGISTRATION_USERNAME_TAKEN,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        method: "PUT",
        path: "/v1/registrations/{account_id}/password",
        component: "registrations",
        operation: "set_registration_password",
        summary: text("设置初次密码，完成注册", "Set the first password and finish the registration"),
        request: Some("RegistrationPassword"),
        success: 204,
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID,
            &catalogue::PASSWORD_TOO_SHORT,
            &catalogue::PASSWORD_TOO_LONG,
            &catalogue::PASSWORD_SAME_AS_USERNAME,
            &catalogue::PASSWORD_TOO_COMMON,
            &catalogue::PASSWORD_CONTROL_CHARACTERS,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/password-resets",
        component: "registrations",
        operation: "reset_password",
        summary: text("忘记密码，重新设置", "Set a new password in place of a forgotten one"),
        request: Some("PasswordResetRequest"),
        success: 204,
        refusals: &[
            &catalogue::PHONE_FORMAT,
            &catalogue::SMS_CODE_FORMAT,
            &catalogue::SMS_CODE_INVALID,
            &catalogue::SMS_CODE_EXPIRED,
            &catalogue::SMS_CODE_EXHAUSTED,
            &catalogue::PASSWORD_RESET_MISMATCH,
            &catalogue::PASSWORD_TOO_SHORT,
            &catalogue::PASSWORD_TOO_LONG,
            &catalogue::PASSWORD_SAME_AS_USERNAME,
            &catalogue::PASSWORD_TOO_COMMON,
            &catalogue::PASSWORD_CONTROL_CHARACTERS,
            &catalogue::ACCOUNT_INACTIVE,
            &catalogue::ACCOUNT_LOCKED,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        path: "/v1/dev/outbox",
        component: "registrations",
        operation: "list_outbox",
        summary: text(
            "查看未真正发出的短信（仅开发环境）",
            "See the text messages that were kept instead of sent (development only)",
        ),
        response: Some("List<OutboxItem>"),
        query: &[
            Query {
                name: "phone",
                kind: QueryKind::Phone,
                description: text("只看该手机号。", "Only for this phone."),
            },
            LIMIT,
            CURSOR,
        ],
        refusals: &[&catalogue::DEV_NOT_ENABLED, &catalogue::PHONE_FORMAT],
        ..BASE
    },
    health("/v1/health/registrations", "registrations", "health_registrations"),
    // sessions: J2
    Route {
        method: "POST",
        path: "/v1/sessions",
        component: "sessions",
        operation: "create_session",
        summary: text("登录", "Log in"),
        request: Some("SessionRequest"),
        response: Some("SessionCreated"),
        success: 201,
        refusals: &[
            &catalogue::METHOD_UNKNOWN,
            &catalogue::PHONE_FORMAT,
            &catalogue::SMS_CODE_FORMAT,
            &catalogue::SESSION_CREDENTIALS_WRONG,
            &catalogue::SESSION_LOCKED,
            &catalogue::SMS_CODE_INVALID,
            &catalogue::SMS_CODE_EXPIRED,
            &catalogue::SMS_CODE_EXHAUSTED,
            &catalogue::ACCOUNT_INACTIVE,
            &catalogue::ACCOUNT_LOCKED,
            &catalogue::ID_FORMAT,
            &catalogue::CARD_ENCODING,
            &catalogue::CARD_CHALLENGE_INVALID,
            &catalogue::CARD_CHALLENGE_EXPIRED,
            &catalogue::CARD_ALGORITHM_REFUSED,
            &catalogue::CARD_SIGNATURE_INVALID,
            &catalogue::CARD_CERTIFICATE_MALFORMED,
            &catalogue::CARD_CERTIFICATE_INCOMPLETE,
            &catalogue::CARD_EXPIRED,
            &catalogue::CARD_NOT_YET_VALID,
            &catalogue::CARD_REVOKED,
            &catalogue::CARD_UNKNOWN_ISSUER,
            &catalogue::CARD_WRONG_KEY_USAGE,
            &catalogue::CARD_WEAK_KEY,
            &catalogue::CARD_REVOCATION_UNKNOWN,
            &catalogue::CARD_HOLDER_MISMATCH,
            &catalogue::CARD_ENTERPRISE_MISMATCH,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/card-challenges",
        component: "sessions",
        operation: "request_card_challenge",
        summary: text("获取供 IC 卡签名的挑战", "Ask for something that a card shall sign"),
        request: Some("CardChallengeRequest"),
        access: Access::SessionIfGiven,
        response: Some("CardChallenge"),
        success: 201,
        refusals: &[
            &catalogue::CARD_PURPOSE_UNKNOWN,
            &catalogue::CARD_NUMBER_FORMAT,
            &catalogue::CARD_DIGEST_FORMAT,
            &catalogue::CARD_ORIGIN_REFUSED,
            &catalogue::RATE_LIMITED,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/sessions/refresh",
        component: "sessions",
        operation: "refresh_session",
        summary: text("用刷新令牌换取新令牌", "Swap a refresh token for new tokens"),
        request: Some("RefreshRequest"),
        response: Some("SessionCreated"),
        refusals: &[&catalogue::SESSION_REFRESH_INVALID, &catalogue::SESSION_REFRESH_REUSED, &catalogue::SESSION_ENDED],
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/sessions/current",
        component: "sessions",
        operation: "end_current_session",
        summary: text("退出登录", "Log out"),
        access: Access::Session,
        success: 204,
        ..BASE
    },
    Route {
        path: "/v1/me/sessions",
        component: "sessions",
        operation: "list_my_sessions",
        summary: text("查看我的会话", "See one's sessions"),
        access: Access::Session,
        response: Some("List<SessionItem>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/me/sessions/{id}",
        component: "sessions",
        operation: "end_my_session",
        summary: text("结束我的一个会话", "End one of one's sessions"),
        access: Access::Session,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        path: "/.well-known/jwks.json",
        component: "sessions",
        operation: "jwks",
        summary: text("验证访问令牌的公钥", "The public keys that access tokens are verified with"),
        response: Some("Jwks"),
        ..BASE
    },
    Route {
        path: "/openapi.json",
        component: "sessions",
        operation: "openapi",
        summary: text("本文档", "This document"),
        response: Some("OpenApi"),
        ..BASE
    },
    health("/v1/health", "sessions", "health"),
    health("/v1/health/sessions", "sessions", "health_sessions"),
    // accounts: J4
    Route {
        path: "/v1/me",
        component: "accounts",
        operation: "get_me",
        summary: text("查看我的账号", "See one's account"),
        access: Access::Session,
        response: Some("Me"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        method: "PATCH",
        path: "/v1/me",
        component: "accounts",
        operation: "update_me",
        summary: text("修改我的联系信息", "Change one's contact data"),
        access: Access::Session,
        request: Some("MePatch"),
        response: Some("Me"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::EMAIL_FORMAT,
            &catalogue::ADDRESS_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
            &catalogue::POSTCODE_FORMAT,
            &catalogue::TELEPHONE_FORMAT,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/me/phone",
        component: "accounts",
        operation: "change_phone",
        summary: text("更换手机号", "Change one's phone"),
        access: Access::Session,
        request: Some("PhoneChange"),
        response: Some("Me"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::PHONE_FORMAT,
            &catalogue::SMS_CODE_FORMAT,
            &catalogue::SMS_CODE_INVALID,
            &catalogue::SMS_CODE_EXPIRED,
            &catalogue::SMS_CODE_EXHAUSTED,
            &catalogue::ACCOUNT_PHONE_TAKEN,
            &catalogue::ACCOUNT_PHONE_UNCHANGED,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        method: "PUT",
        path: "/v1/me/password",
        component: "accounts",
        operation: "change_password",
        summary: text("修改密码", "Change one's password"),
        access: Access::Session,
        request: Some("PasswordChange"),
        success: 204,
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::PASSWORD_WRONG,
            &catalogue::SESSION_LOCKED,
            &catalogue::PASSWORD_UNCHANGED,
            &catalogue::PASSWORD_TOO_SHORT,
            &catalogue::PASSWORD_TOO_LONG,
            &catalogue::PASSWORD_SAME_AS_USERNAME,
            &catalogue::PASSWORD_TOO_COMMON,
            &catalogue::PASSWORD_CONTROL_CHARACTERS,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/me/activation",
        component: "accounts",
        operation: "activate_account",
        summary: text("激活由卡登录建立的账号", "Activate an account that a card login made"),
        access: Access::Session,
        request: Some("Activation"),
        response: Some("Me"),
        refusals: &[
            &catalogue::CARD_SESSION_REQUIRED,
            &catalogue::ACCOUNT_ALREADY_ACTIVE,
            &catalogue::USERNAME_LENGTH,
            &catalogue::USERNAME_FORMAT,
            &catalogue::PHONE_FORMAT,
            &catalogue::SMS_CODE_FORMAT,
            &catalogue::SMS_CODE_INVALID,
            &catalogue::SMS_CODE_EXPIRED,
            &catalogue::SMS_CODE_EXHAUSTED,
            &catalogue::PASSWORD_TOO_SHORT,
            &catalogue::PASSWORD_TOO_LONG,
            &catalogue::PASSWORD_SAME_AS_USERNAME,
            &catalogue::PASSWORD_TOO_COMMON,
            &catalogue::PASSWORD_CONTROL_CHARACTERS,
            &catalogue::REGISTRATION_USERNAME_TAKEN,
            &catalogue::ACCOUNT_PHONE_TAKEN,
        ],
        idempotent: true,
        ..BASE
    },
    health("/v1/health/accounts", "accounts", "health_accounts"),
    // cards: J10
    Route {
        path: "/v1/me/card",
        component: "cards",
        operation: "get_my_card",
        summary: text("查看绑定的卡", "See the card that is tied to one's account"),
        access: Access::Session,
        response: Some("Card"),
        refusals: &[&catalogue::CARD_NOT_BOUND],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/me/card",
        component: "cards",
        operation: "bind_card",
        summary: text("绑卡", "Tie one's card to one's account"),
        access: Access::Session,
        request: Some("CardBinding"),
        response: Some("Card"),
        success: 201,
        refusals: &[
            &catalogue::CARD_NUMBER_FORMAT,
            &catalogue::ID_FORMAT,
            &catalogue::CARD_ENCODING,
            &catalogue::CARD_CHALLENGE_INVALID,
            &catalogue::CARD_CHALLENGE_EXPIRED,
            &catalogue::CARD_ALGORITHM_REFUSED,
            &catalogue::CARD_SIGNATURE_INVALID,
            &catalogue::CARD_CERTIFICATE_MALFORMED,
            &catalogue::CARD_CERTIFICATE_INCOMPLETE,
            &catalogue::CARD_EXPIRED,
            &catalogue::CARD_NOT_YET_VALID,
            &catalogue::CARD_REVOKED,
            &catalogue::CARD_UNKNOWN_ISSUER,
            &catalogue::CARD_WRONG_KEY_USAGE,
            &catalogue::CARD_WEAK_KEY,
            &catalogue::CARD_REVOCATION_UNKNOWN,
            &catalogue::CARD_NUMBER_MISMATCH,
            &catalogue::CARD_HOLDER_MISMATCH,
            &catalogue::CARD_ENTERPRISE_MISMATCH,
            &catalogue::CARD_ALREADY_BOUND,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/me/card",
        component: "cards",
        operation: "unbind_card",
        summary: text("解卡", "Untie the card from one's account"),
        access: Access::Session,
        success: 204,
        refusals: &[&catalogue::CARD_NOT_BOUND, &catalogue::CARD_LAST_CREDENTIAL],
        ..BASE
    },
    health("/v1/health/cards", "cards", "health_cards"),
    // messages: J17
    Route {
        path: "/v1/messages",
        component: "messages",
        operation: "list_messages",
        summary: text("查看消息", "See one's messages"),
        access: Access::Session,
        response: Some("List<Message>"),
        query: &[
            Query {
                name: "unread",
                kind: QueryKind::Flag,
                description: text(
                    "true 只看未读，false 只看已读。",
                    "true for unread ones only, false for read ones only.",
                ),
            },
            LIMIT,
            CURSOR,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/messages/{id}/read",
        component: "messages",
        operation: "read_message",
        summary: text("标记消息为已读", "Mark a message as read"),
        access: Access::Session,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    health("/v1/health/messages", "messages", "health_messages"),
    // platform: J18, J19
    Route {
        path: "/v1/platform/accounts",
        component: "platform",
        operation: "list_accounts",
        summary: text("查找账号", "Find accounts"),
        access: Access::Staff,
        response: Some("List<PlatformAccount>"),
        query: &[
            Query {
                name: "query",
                kind: QueryKind::Text,
                description: text(
                    "完整的手机号、证件号码或姓名，或用户名的开头（匹配过多时按用户名取前 1000 个）。",
                    "A whole phone, id number or name, or the beginning of a username (of many that fit, the first 1000 by username).",
                ),
            },
            Query {
                name: "state",
                kind: QueryKind::OneOf(&["pending", "active", "inactive", "locked"]),
                description: text("只看该状态的账号。", "Only accounts in this state."),
            },
            LIMIT,
            CURSOR,
        ],
        ..BASE
    },
    Route {
        path: "/v1/platform/accounts/{id}",
        component: "platform",
        operation: "get_account",
        summary: text("查看一个账号", "See an account"),
        access: Access::Staff,
        response: Some("PlatformAccount"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/platform/accounts/{id}/lock",
        component: "platform",
        operation: "lock_account",
        summary: text("锁定账号", "Lock an account"),
        request: Some("LockRequest"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::STAFF_TARGET,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..STAFF_ACTION
    },
    Route {
        method: "POST",
        path: "/v1/platform/accounts/{id}/unlock",
        component: "platform",
        operation: "unlock_account",
        summary: text("解锁账号", "Unlock an account"),
        request: Some("LockRequest"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::STAFF_TARGET,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..STAFF_ACTION
    },
    Route {
        method: "POST",
        path: "/v1/platform/accounts/{id}/reveal",
        component: "platform",
        operation: "reveal_account",
        summary: text(
            "查看完整证件号码和联系方式（须写明原因）",
            "See the full id number and contact data (with a reason)",
        ),
        request: Some("RevealRequest"),
        response: Some("Revealed"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..STAFF_ACTION
    },
    Route {
        path: "/v1/platform/audit",
        component: "platform",
        operation: "list_audit",
        summary: text("查看审计日志", "Read the audit"),
        access: Access::Staff,
        response: Some("List<AuditEntry>"),
        query: &[
            Query {
                name: "from", kind: QueryKind::Time, description: text("不早于此时。", "At this time or later.")
            },
            Query { name: "to", kind: QueryKind::Time, description: text("早于此时。", "Before this time.") },
            Query {
                name: "actor_id",
                kind: QueryKind::Id,
                description: text("只看此人的操作。", "Only what this account did."),
            },
            Query {
                name: "target_id",
                kind: QueryKind::Id,
                description: text("只看对此对象的操作。", "Only what was done to this."),
            },
            Query {
                name: "action", kind: QueryKind::Text, description: text("只看这种操作。", "Only this action.")
            },
            Query {
                name: "result",
                kind: QueryKind::OneOf(&["ok", "refused"]),
                description: text("只看这种结果。", "Only this result."),
            },
            LIMIT,
            CURSOR,
        ],
        ..BASE
    },
    Route {
        path: "/v1/platform/trust/anchors",
        component: "platform",
        operation: "list_trust_certificates",
        summary: text("查看信任的发证机构", "See the authorities that are trusted"),
        access: Access::Staff,
        response: Some("List<TrustCertificate>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/platform/trust/anchors",
        component: "platform",
        operation: "add_trust_certificate",
        summary: text("信任一个发证机构", "Trust an authority"),
        access: Access::Staff,
        request: Some("TrustCertificateUpload"),
        response: Some("TrustCertificate"),
        success: 201,
        refusals: &[
            &catalogue::TRUST_KIND,
            &catalogue::CARD_ENCODING,
            &catalogue::TRUST_MALFORMED,
            &catalogue::TRUST_NOT_AUTHORITY,
            &catalogue::TRUST_KNOWN,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/platform/trust/anchors/{id}",
        component: "platform",
        operation: "remove_trust_certificate",
        summary: text("不再信任一个发证机构", "Trust an authority no longer"),
        access: Access::Staff,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        path: "/v1/platform/trust/crls",
        component: "platform",
        operation: "list_revocation_lists",
        summary: text("查看吊销列表", "See the revocation lists"),
        access: Access::Staff,
        response: Some("List<RevocationList>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/platform/trust/crls",
        component: "platform",
        operation: "add_revocation_list",
        summary: text("导入吊销列表", "Take in a revocation list"),
        access: Access::Staff,
        request: Some("TrustUpload"),
        response: Some("RevocationList"),
        success: 201,
        refusals: &[
            &catalogue::CARD_ENCODING,
            &catalogue::TRUST_MALFORMED,
            &catalogue::TRUST_LIST_UNSUPPORTED,
            &catalogue::TRUST_KNOWN,
            &catalogue::TRUST_LIST_OUTDATED,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/platform/trust/crls/{id}",
        component: "platform",
        operation: "remove_revocation_list",
        summary: text("去掉一份吊销列表", "Take a revocation list out"),
        access: Access::Staff,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    health("/v1/health/platform", "platform", "health_platform"),
];

const STAFF_ACTION: Route = Route { access: Access::Staff, response: Some("PlatformAccount"), ..BASE };

const fn health(path: &'static str, component: &'static str, operation: &'static str) -> Route {
    Route {
        path,
        component,
        operation,
        summary: text("服务是否正常", "Whether the service is well"),
        response: Some("Health"),
        ..BASE
    }
}
