//! The routes of `platform`: J18, J19.

use super::{BASE, CURSOR, LIMIT, STAFF_ACTION, health, text};
use crate::catalogue;
use crate::routes::{Access, Query, QueryKind, Route};

const ENTERPRISE_ACTION: Route = Route { access: Access::Staff, response: Some("PlatformEnterprise"), ..BASE };

/// What deciding about an enterprise can be refused with.
const ENTERPRISE_DECISION: &[&catalogue::Refusal] = &[
    &catalogue::RESOURCE_NOT_FOUND,
    &catalogue::REQUEST_PRECONDITION_FAILED,
    &catalogue::AUDIT_REASON_REQUIRED,
    &catalogue::TEXT_LENGTH,
    &catalogue::TEXT_CONTROL_CHARACTERS,
];

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
        path: "/v1/platform/accounts/{id}/card",
        component: "platform",
        operation: "get_account_card",
        summary: text("查看账号绑定的卡", "See the card that is tied to an account"),
        access: Access::Staff,
        response: Some("Card"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::CARD_NOT_BOUND],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/platform/accounts/{id}/card",
        component: "platform",
        operation: "bind_account_card",
        summary: text("代为绑卡（凭证书，须写明原因）", "Tie a card to an account by its certificate (with a reason)"),
        access: Access::Staff,
        request: Some("StaffCardBinding"),
        response: Some("Card"),
        success: 201,
        refusals: with_certificate_refusals![
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::STAFF_TARGET,
            &catalogue::CARD_NUMBER_FORMAT,
            &catalogue::CARD_CLASS_UNKNOWN,
            &catalogue::CARD_NUMBER_MISMATCH,
            &catalogue::CARD_CLASS_MISMATCH,
            &catalogue::CARD_ALREADY_BOUND,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/platform/accounts/{id}/card/unbind",
        component: "platform",
        operation: "unbind_account_card",
        summary: text("代为解卡（须写明原因）", "Untie the card of an account (with a reason)"),
        access: Access::Staff,
        request: Some("StaffDecision"),
        success: 204,
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::STAFF_TARGET,
            &catalogue::CARD_NOT_BOUND,
            &catalogue::CARD_LAST_CREDENTIAL,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..BASE
    },
    Route {
        path: "/v1/platform/enterprises",
        component: "platform",
        operation: "list_platform_enterprises",
        summary: text("查找企业（待认证的在前）", "Find enterprises (those to be verified first)"),
        access: Access::Staff,
        response: Some("List<PlatformEnterprise>"),
        query: &[
            Query {
                name: "query",
                kind: QueryKind::Text,
                description: text(
                    "完整的统一社会信用代码或组织机构代码，或企业名称的开头（匹配过多时按名称取前 1000 个）。",
                    "A whole USCC or organisation code, or the beginning of a name (of many that fit, the first 1000 by name).",
                ),
            },
            Query {
                name: "state",
                kind: QueryKind::OneOf(&["unverified", "verified"]),
                description: text("只看该状态的企业。", "Only enterprises in this state."),
            },
            LIMIT,
            CURSOR,
        ],
        ..BASE
    },
    Route {
        path: "/v1/platform/enterprises/{id}",
        component: "platform",
        operation: "get_platform_enterprise",
        summary: text("查看一家企业", "See an enterprise"),
        access: Access::Staff,
        response: Some("PlatformEnterprise"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        path: "/v1/platform/enterprises/{id}/members",
        component: "platform",
        operation: "list_platform_members",
        summary: text("查看企业的成员", "See who belongs to an enterprise"),
        access: Access::Staff,
        response: Some("List<PlatformMember>"),
        query: &[LIMIT, CURSOR],
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/platform/enterprises/{id}/verify",
        component: "platform",
        operation: "verify_enterprise",
        summary: text("认证企业及其管理员", "Verify an enterprise and its administrator"),
        request: Some("StaffDecision"),
        refusals: ENTERPRISE_DECISION,
        ..ENTERPRISE_ACTION
    },
    Route {
        method: "POST",
        path: "/v1/platform/enterprises/{id}/refuse",
        component: "platform",
        operation: "refuse_enterprise",
        summary: text("驳回未认证企业的管理员", "Refuse the claim to an unverified enterprise"),
        request: Some("StaffDecision"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::REQUEST_PRECONDITION_FAILED,
            &catalogue::ENTERPRISE_ALREADY_VERIFIED,
            &catalogue::ENTERPRISE_NO_CLAIM,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..ENTERPRISE_ACTION
    },
    Route {
        method: "POST",
        path: "/v1/platform/enterprises/{id}/administrator",
        component: "platform",
        operation: "set_enterprise_administrator",
        summary: text("变更企业管理员（须写明原因）", "Decide who is an enterprise's administrator (with a reason)"),
        request: Some("AdministratorDecision"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::REQUEST_PRECONDITION_FAILED,
            &catalogue::ID_FORMAT,
            &catalogue::ADMINISTRATOR_UNUSABLE,
            &catalogue::ADMINISTRATOR_ELSEWHERE,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..ENTERPRISE_ACTION
    },
    Route {
        method: "POST",
        path: "/v1/platform/registry/import",
        component: "platform",
        operation: "import_registry",
        summary: text("导入企业登记信息（CSV）", "Import the registry (CSV)"),
        access: Access::Staff,
        response: Some("RegistryImport"),
        success: 201,
        takes: Some("text/csv"),
        query: &[
            Query {
                name: "dry_run",
                kind: QueryKind::Flag,
                description: text(
                    "只检查，不写入；后续各段须与第一段相同，或不带。",
                    "Checks only; nothing is written. The parts that follow have the same as the first, or none.",
                ),
            },
            Query {
                name: "import_id",
                kind: QueryKind::Id,
                description: text(
                    "继续该次导入：大文件在行尾切开，分段发送，只有第一段带表头。",
                    "Goes on with this import: a large file is cut at ends of rows and sent in parts, the first with the header row.",
                ),
            },
            Query {
                name: "last",
                kind: QueryKind::Flag,
                description: text(
                    "false 表示后面还有分段，默认 true。",
                    "false says that more parts follow; true if absent.",
                ),
            },
        ],
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::REGISTRY_ENCODING,
            &catalogue::REGISTRY_HEADER,
            &catalogue::REGISTRY_IMPORT_FINISHED,
            &catalogue::REGISTRY_DRY_RUN_DIFFERS,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        path: "/v1/platform/registry/imports",
        component: "platform",
        operation: "list_registry_imports",
        summary: text("查看历次导入", "See the imports of the registry"),
        access: Access::Staff,
        response: Some("List<RegistryImport>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        path: "/v1/platform/registry/imports/{id}",
        component: "platform",
        operation: "get_registry_import",
        summary: text("查看一次导入及其出错的行", "See an import, with the rows that were refused"),
        access: Access::Staff,
        response: Some("RegistryImport"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        path: "/v1/platform/audit/export",
        component: "platform",
        operation: "export_audit",
        summary: text("导出审计日志（每行一个 JSON 对象）", "Export the audit (one JSON object a line)"),
        access: Access::Staff,
        response: Some("AuditEntry"),
        gives: Some("application/x-ndjson"),
        query: &[
            Query {
                name: "from", kind: QueryKind::Time, description: text("不早于此时。", "At this time or later.")
            },
            Query { name: "to", kind: QueryKind::Time, description: text("早于此时。", "Before this time.") },
            Query {
                name: "cursor",
                kind: QueryKind::Cursor,
                description: text(
                    "上一段最后一行的 id；一段最多 2000 行，还有后文时响应带 Link: rel=\"next\"。",
                    "The id of the last line of the part before; a part has 2000 lines at the most, and a Link with rel=\"next\" where it goes on.",
                ),
            },
        ],
        ..BASE
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
    Route {
        method: "POST",
        path: "/v1/platform/reminders/run",
        component: "platform",
        operation: "run_reminders",
        summary: text(
            "发送到期提醒：每项只发一次，可重复调用，直到 complete 为 true",
            "Send reminders of what ends: each once; call it again until complete is true",
        ),
        access: Access::Staff,
        response: Some("RemindersRun"),
        ..BASE
    },
    Route {
        path: "/v1/platform/applications",
        component: "platform",
        operation: "list_platform_applications",
        summary: text("查看应用目录（维护）", "See the catalogue of applications, to keep it"),
        access: Access::Staff,
        response: Some("List<PlatformApplication>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/platform/applications",
        component: "platform",
        operation: "add_application",
        summary: text("新增应用", "Take an application into the catalogue"),
        access: Access::Staff,
        request: Some("ApplicationCreate"),
        response: Some("PlatformApplication"),
        success: 201,
        refusals: &[
            &catalogue::APPLICATION_CODE_FORMAT,
            &catalogue::APPLICATION_CODE_TAKEN,
            &catalogue::APPLICATION_ACTIONS,
            &catalogue::APPLICATION_TOO_MANY,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        path: "/v1/platform/applications/{id}",
        component: "platform",
        operation: "get_platform_application",
        summary: text("查看一个应用（维护）", "See an application, to keep it"),
        access: Access::Staff,
        response: Some("PlatformApplication"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        method: "PATCH",
        path: "/v1/platform/applications/{id}",
        component: "platform",
        operation: "update_application",
        summary: text("修改应用", "Change an application of the catalogue"),
        access: Access::Staff,
        request: Some("ApplicationPatch"),
        response: Some("PlatformApplication"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::REQUEST_PRECONDITION_FAILED,
            &catalogue::APPLICATION_CODE_FORMAT,
            &catalogue::APPLICATION_ACTIONS,
            &catalogue::AUDIT_REASON_REQUIRED,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/platform/applications/{id}",
        component: "platform",
        operation: "remove_application",
        summary: text("删除应用", "Take an application out of the catalogue"),
        access: Access::Staff,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::REQUEST_PRECONDITION_FAILED],
        ..BASE
    },
    health("/v1/health/platform", "platform", "health_platform"),
];
