//! The routes of `operators`: J8.

use super::{BASE, CURSOR, LIMIT, health, text};
use crate::catalogue;
use crate::routes::{Access, Query, QueryKind, Route};
use crate::wire::OperatorStatus;

/// Something that is done to one operator.
const ACTION: Route =
    Route { method: "POST", component: "operators", access: Access::Administrator, response: Some("Operator"), ..BASE };

pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/operators",
        component: "operators",
        operation: "list_operators",
        summary: text("查看和查找本企业的操作员", "See and find the enterprise's operators"),
        access: Access::Administrator,
        response: Some("List<Operator>"),
        query: &[
            Query {
                name: "query",
                kind: QueryKind::Text,
                description: text(
                    "姓名或用户名的开头，或完整的手机号、证件号码。",
                    "The beginning of a name or username, or a whole phone or id number.",
                ),
            },
            Query {
                name: "status",
                kind: QueryKind::OneOf(OperatorStatus::NAMES),
                description: text("只看该状态的操作员。", "Only operators in this status."),
            },
            Query {
                name: "has_card",
                kind: QueryKind::Flag,
                description: text("只看有卡或无卡的操作员。", "Only operators with a card, or without."),
            },
            LIMIT,
            CURSOR,
        ],
        ..BASE
    },
    Route {
        path: "/v1/operators",
        operation: "create_operator",
        summary: text(
            "新增操作员（有卡或无卡）；已有账号的人会收到邀请",
            "Add an operator, with a card or without; who has an account is invited",
        ),
        request: Some("OperatorRequest"),
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
            &catalogue::CARD_NUMBER_FORMAT,
            &catalogue::DEPARTMENT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
            &catalogue::REGISTRATION_USERNAME_TAKEN,
            &catalogue::REGISTRATION_ID_NUMBER_TAKEN,
            &catalogue::REGISTRATION_PHONE_TAKEN,
            &catalogue::OPERATOR_EXISTS,
            &catalogue::OPERATOR_INVITED,
            &catalogue::OPERATOR_IS_ADMINISTRATOR,
            &catalogue::OPERATOR_INVITATION_LIMIT,
        ],
        idempotent: true,
        ..ACTION
    },
    Route {
        path: "/v1/operators/{id}",
        component: "operators",
        operation: "get_operator",
        summary: text("查看一名操作员", "See an operator"),
        access: Access::Administrator,
        response: Some("Operator"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::OPERATOR_IS_ADMINISTRATOR],
        ..BASE
    },
    Route {
        method: "PATCH",
        path: "/v1/operators/{id}",
        operation: "update_operator",
        summary: text("修改操作员", "Change an operator"),
        request: Some("OperatorPatch"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::OPERATOR_IS_ADMINISTRATOR,
            &catalogue::OPERATOR_INVITED,
            &catalogue::OPERATOR_IDENTITY_FIXED,
            &catalogue::OPERATOR_PASSWORD_LIMIT,
            &catalogue::REQUEST_PRECONDITION_FAILED,
            &catalogue::USERNAME_LENGTH,
            &catalogue::USERNAME_FORMAT,
            &catalogue::NAME_LENGTH,
            &catalogue::NAME_CHARACTERS,
            &catalogue::PHONE_FORMAT,
            &catalogue::CARD_NUMBER_FORMAT,
            &catalogue::DEPARTMENT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
            &catalogue::REGISTRATION_USERNAME_TAKEN,
            &catalogue::ACCOUNT_PHONE_TAKEN,
        ],
        ..ACTION
    },
    Route {
        method: "DELETE",
        path: "/v1/operators/{id}",
        component: "operators",
        operation: "delete_operator",
        summary: text("删除操作员，或撤回邀请", "Remove an operator, or take an invitation back"),
        access: Access::Administrator,
        success: 204,
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::OPERATOR_IS_ADMINISTRATOR,
            &catalogue::REQUEST_PRECONDITION_FAILED,
        ],
        ..BASE
    },
    Route {
        path: "/v1/operators/{id}/suspend",
        operation: "suspend_operator",
        summary: text("停用操作员", "Suspend an operator"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::OPERATOR_IS_ADMINISTRATOR,
            &catalogue::OPERATOR_INVITED,
            &catalogue::OPERATOR_ALREADY_SUSPENDED,
            &catalogue::REQUEST_PRECONDITION_FAILED,
        ],
        ..ACTION
    },
    Route {
        path: "/v1/operators/{id}/resume",
        operation: "resume_operator",
        summary: text("恢复操作员", "Let a suspended operator act again"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::OPERATOR_IS_ADMINISTRATOR,
            &catalogue::OPERATOR_INVITED,
            &catalogue::OPERATOR_NOT_SUSPENDED,
            &catalogue::REQUEST_PRECONDITION_FAILED,
        ],
        ..ACTION
    },
    Route {
        path: "/v1/operators/{id}/password-reset",
        operation: "reset_operator_password",
        summary: text("向操作员本人的手机发送新的初始密码", "Send a new initial password to the operator's own phone"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::OPERATOR_IS_ADMINISTRATOR,
            &catalogue::OPERATOR_INVITED,
            &catalogue::OPERATOR_NOT_ACTIVATED,
            &catalogue::OPERATOR_PASSWORD_LIMIT,
            &catalogue::REQUEST_PRECONDITION_FAILED,
        ],
        ..ACTION
    },
    Route {
        path: "/v1/me/invitations",
        component: "operators",
        operation: "list_invitations",
        summary: text("查看企业对我的邀请", "See which enterprises invite me"),
        access: Access::Session,
        response: Some("List<Invitation>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/me/invitations/{id}/accept",
        component: "operators",
        operation: "accept_invitation",
        summary: text("接受邀请，成为该企业的操作员", "Accept: become an operator of the enterprise"),
        access: Access::Session,
        success: 204,
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::INVITATION_CLOSED,
            &catalogue::INVITATION_MEMBER_ELSEWHERE,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/me/invitations/{id}/decline",
        component: "operators",
        operation: "decline_invitation",
        summary: text("谢绝邀请", "Decline an invitation"),
        access: Access::Session,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::INVITATION_CLOSED],
        ..BASE
    },
    health("/v1/health/operators", "operators", "health_operators"),
];
