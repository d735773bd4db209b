//! The routes of `enterprises`: J6, J9, J12, J13.

use super::{BASE, CURSOR, LIMIT, health, text};
use crate::catalogue;
use crate::routes::{Access, Query, QueryKind, Route};

pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/registry/enterprises/{uscc}",
        component: "enterprises",
        operation: "look_up_enterprise",
        summary: text("查询企业登记信息", "Ask the registry about an enterprise"),
        access: Access::Session,
        response: Some("RegistryEnterprise"),
        refusals: &[
            &catalogue::USCC_FORMAT,
            &catalogue::USCC_CHECK_CHARACTER,
            &catalogue::REGISTRY_ENTERPRISE_UNKNOWN,
            &catalogue::REGISTRY_UNAVAILABLE,
            &catalogue::RATE_LIMITED,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/associations",
        component: "enterprises",
        operation: "request_association",
        summary: text("关联企业", "Ask to join an enterprise"),
        access: Access::Session,
        request: Some("AssociationRequest"),
        response: Some("Association"),
        success: 201,
        refusals: &[
            &catalogue::ROLE_UNKNOWN,
            &catalogue::USCC_FORMAT,
            &catalogue::USCC_CHECK_CHARACTER,
            &catalogue::ENTERPRISE_NAME_LENGTH,
            &catalogue::ADDRESS_LENGTH,
            &catalogue::BUSINESS_SCOPE_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
            &catalogue::ASSOCIATION_ADMIN_REQUIRED,
            &catalogue::ASSOCIATION_ADMIN_EXISTS,
            &catalogue::ASSOCIATION_ENTERPRISE_REQUIRED,
            &catalogue::ASSOCIATION_ALREADY_MEMBER,
            &catalogue::ASSOCIATION_PENDING,
            &catalogue::ASSOCIATION_TOO_MANY,
            &catalogue::ASSOCIATION_PROOF_REQUIRED,
            &catalogue::ASSOCIATION_USCC_CONFLICT,
            &catalogue::MEMBERSHIP_SUSPENDED,
            &catalogue::REGISTRY_UNAVAILABLE,
            &catalogue::RATE_LIMITED,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        path: "/v1/associations",
        component: "enterprises",
        operation: "list_associations",
        summary: text(
            "查看关联申请（管理员看本企业的，mine=true 看自己的）",
            "List requests to join: an administrator those of the enterprise, anybody one's own with mine=true",
        ),
        access: Access::Session,
        response: Some("List<Association>"),
        query: &[
            Query {
                name: "status",
                kind: QueryKind::OneOf(&["pending", "approved", "rejected", "withdrawn"]),
                description: text("只看该状态的申请。", "Only requests in this state."),
            },
            Query {
                name: "mine",
                kind: QueryKind::Flag,
                description: text(
                    "true：只看自己提出的申请；否则须为企业管理员。",
                    "true: only the caller's own; otherwise the caller must be an administrator.",
                ),
            },
            LIMIT,
            CURSOR,
        ],
        refusals: &[&catalogue::ENTERPRISE_REQUIRED, &catalogue::MEMBERSHIP_SUSPENDED, &catalogue::PERMISSION_DENIED],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/associations/{id}/approve",
        component: "enterprises",
        operation: "approve_association",
        summary: text("通过关联申请", "Approve a request to join"),
        access: Access::Administrator,
        response: Some("Association"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::ASSOCIATION_ALREADY_DECIDED,
            &catalogue::ASSOCIATION_ALREADY_MEMBER,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/associations/{id}/reject",
        component: "enterprises",
        operation: "reject_association",
        summary: text("驳回关联申请", "Reject a request to join"),
        access: Access::Administrator,
        request: Some("AssociationRejection"),
        response: Some("Association"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::ASSOCIATION_ALREADY_DECIDED,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/associations/{id}",
        component: "enterprises",
        operation: "withdraw_association",
        summary: text("撤回自己的关联申请", "Withdraw one's own request to join"),
        access: Access::Session,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::ASSOCIATION_ALREADY_DECIDED],
        ..BASE
    },
    Route {
        path: "/v1/enterprise",
        component: "enterprises",
        operation: "get_enterprise",
        summary: text("查看我的企业", "See one's enterprise"),
        access: Access::Member,
        response: Some("Enterprise"),
        ..BASE
    },
    Route {
        method: "PATCH",
        path: "/v1/enterprise",
        component: "enterprises",
        operation: "update_enterprise",
        summary: text("修改企业联系信息", "Change the enterprise's contact data"),
        access: Access::Administrator,
        request: Some("EnterprisePatch"),
        response: Some("Enterprise"),
        refusals: &[
            &catalogue::REQUEST_PRECONDITION_FAILED,
            &catalogue::NAME_LENGTH,
            &catalogue::NAME_CHARACTERS,
            &catalogue::TELEPHONE_FORMAT,
            &catalogue::EMAIL_FORMAT,
            &catalogue::ADDRESS_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
            &catalogue::POSTCODE_FORMAT,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/enterprise/sync",
        component: "enterprises",
        operation: "sync_enterprise",
        summary: text("同步登记信息", "Take over what changed in the registry"),
        access: Access::Administrator,
        request: Some("SyncRequest"),
        response: Some("SyncResult"),
        refusals: &[
            &catalogue::REGISTRY_USCC_REQUIRED,
            &catalogue::REGISTRY_ENTERPRISE_UNKNOWN,
            &catalogue::REGISTRY_UNAVAILABLE,
            &catalogue::RATE_LIMITED,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/enterprise/admin-transfer",
        component: "enterprises",
        operation: "transfer_administrator",
        summary: text("变更企业管理员", "Hand the administrator's place over to an operator"),
        access: Access::Administrator,
        request: Some("AdminTransferRequest"),
        response: Some("Enterprise"),
        refusals: with_proof_refusals![
            &catalogue::ID_FORMAT,
            &catalogue::SESSION_FRESH_LOGIN_REQUIRED,
            &catalogue::CARD_NOT_BOUND,
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::ADMIN_TRANSFER_TARGET_UNAVAILABLE,
        ],
        ..BASE
    },
    Route {
        path: "/v1/enterprise/audit",
        component: "enterprises",
        operation: "list_enterprise_audit",
        summary: text("查看本企业的审计日志", "Read the enterprise's own audit"),
        access: Access::Administrator,
        response: Some("List<EnterpriseAuditEntry>"),
        query: &[
            Query {
                name: "from", kind: QueryKind::Time, description: text("从该时间起。", "From this time on.")
            },
            Query {
                name: "to",
                kind: QueryKind::Time,
                description: text("到该时间为止（不含）。", "Before this time."),
            },
            Query {
                name: "action", kind: QueryKind::Text, description: text("只看这种操作。", "Only this action.")
            },
            Query {
                name: "result",
                kind: QueryKind::OneOf(&["ok", "refused"]),
                description: text("只看成功的或被拒绝的。", "Only what was done, or what was refused."),
            },
            LIMIT,
            CURSOR,
        ],
        ..BASE
    },
    Route {
        path: "/v1/enterprise/qualifications",
        component: "enterprises",
        operation: "list_qualifications",
        summary: text("查看企业资质", "See the enterprise's qualifications"),
        access: Access::Administrator,
        response: Some("List<Qualification>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/enterprise/qualifications",
        component: "enterprises",
        operation: "create_qualification",
        summary: text("登记企业资质", "Enter a qualification"),
        access: Access::Administrator,
        request: Some("QualificationRequest"),
        response: Some("Qualification"),
        success: 201,
        refusals: &[
            &catalogue::QUALIFICATION_EXISTS,
            &catalogue::DEPARTMENT_LENGTH,
            &catalogue::QUALIFICATION_KIND,
            &catalogue::QUALIFICATION_NUMBER,
            &catalogue::QUALIFICATION_CUSTOMS_CODE,
            &catalogue::QUALIFICATION_DATES,
            &catalogue::DATE_FORMAT,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        path: "/v1/enterprise/qualifications/{id}",
        component: "enterprises",
        operation: "get_qualification",
        summary: text("查看一项企业资质", "See a qualification"),
        access: Access::Administrator,
        response: Some("Qualification"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        method: "PATCH",
        path: "/v1/enterprise/qualifications/{id}",
        component: "enterprises",
        operation: "update_qualification",
        summary: text("修改企业资质", "Change a qualification"),
        access: Access::Administrator,
        request: Some("QualificationPatch"),
        response: Some("Qualification"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::REQUEST_PRECONDITION_FAILED,
            &catalogue::QUALIFICATION_EXISTS,
            &catalogue::DEPARTMENT_LENGTH,
            &catalogue::QUALIFICATION_KIND,
            &catalogue::QUALIFICATION_NUMBER,
            &catalogue::QUALIFICATION_CUSTOMS_CODE,
            &catalogue::QUALIFICATION_DATES,
            &catalogue::DATE_FORMAT,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/enterprise/qualifications/{id}",
        component: "enterprises",
        operation: "delete_qualification",
        summary: text("删除企业资质", "Remove a qualification"),
        access: Access::Administrator,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::REQUEST_PRECONDITION_FAILED],
        ..BASE
    },
    Route {
        path: "/v1/enterprise/qualification-kinds",
        component: "enterprises",
        operation: "list_qualification_kinds",
        summary: text("查看资质类型", "See which kinds of qualification there are"),
        access: Access::Session,
        response: Some("List<QualificationKindItem>"),
        ..BASE
    },
    health("/v1/health/enterprises", "enterprises", "health_enterprises"),
];
