//! The routes of `registrations`: J1, J3.

use super::{BASE, CURSOR, LIMIT, health, text};
use crate::catalogue;
use crate::routes::{Query, QueryKind, Route};

pub(super) const ROUTES: &[Route] = &[
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
];
