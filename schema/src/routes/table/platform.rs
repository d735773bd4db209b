//! The routes of `platform`: J18, J19.

use super::{BASE, CURSOR, LIMIT, STAFF_ACTION, health, text};
use crate::catalogue;
use crate::routes::{Access, Query, QueryKind, Route};

pub(super) const ROUTES: &[Route] = &[
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
