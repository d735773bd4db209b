//! The routes of `accounts`: J4.

use super::{BASE, health, text};
use crate::catalogue;
use crate::routes::{Access, Route};

pub(super) const ROUTES: &[Route] = &[
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
];
