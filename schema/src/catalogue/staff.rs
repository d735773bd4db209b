//! What only some may do: platform staff (J18), members of an enterprise, the development outbox.

use super::refusals;

refusals! { STAFF:
    STAFF_REQUIRED = "staff.required", 403, Never {
        title: "仅限平台工作人员", "For the platform's staff only";
        detail: "只有平台工作人员可以进行这项操作。", "Only the platform's staff can do this.";
        fix: "如确有需要，请联系平台客服办理。", "If you need it done, contact the platform's support.";
    }
    STAFF_TARGET = "staff.target", 403, Never {
        title: "不能对工作人员账号进行此操作", "This can't be done to a staff account";
        detail: "平台工作人员的账号不能通过接口锁定或解锁。", "Accounts of the platform's staff can't be locked or unlocked over HTTP.";
        fix: "请由系统管理员用命令行处理。", "Have the system's administrator do it on the command line.";
    }
    ENTERPRISE_REQUIRED = "enterprise.required", 403, AfterFix {
        title: "尚未关联企业", "You belong to no enterprise";
        detail: "这项操作需要您属于一家企业。", "This needs you to belong to an enterprise.";
        fix: "请先申请关联企业，并等待管理员审核。", "Ask to join an enterprise first, and wait for its administrator's approval.";
    }
    MEMBERSHIP_SUSPENDED = "membership.suspended", 403, Never {
        title: "您在企业中的资格已停用", "Your place in the enterprise is suspended";
        detail: "企业管理员已停用您的操作员资格。", "The enterprise's administrator has suspended you as an operator.";
        fix: "请联系贵企业的管理员恢复。", "Ask your enterprise's administrator to resume it.";
    }
    PERMISSION_DENIED = "permission.denied", 403, Never {
        title: "没有权限", "You may not do this";
        detail: "您的身份或授权不包括这项操作。", "Your role or your grants don't include this.";
        fix: "请联系贵企业的管理员授权。", "Ask your enterprise's administrator for permission.";
    }
    AUDIT_REASON_REQUIRED = "audit.reason_required", 422, AfterFix {
        title: "请填写原因", "A reason is required";
        detail: "这项操作会记入审计日志，必须写明原因。", "This is kept in the audit log and needs a reason.";
        fix: "请在 reason 中写明为什么需要这样做。", "Say in reason why it is needed.";
    }
    DEV_NOT_ENABLED = "dev.not_enabled", 404, Never {
        title: "仅在开发环境可用", "Only in development";
        detail: "开发用的短信收件箱只在开发环境中提供。", "The outbox for development exists only in a development environment.";
        fix: "在开发机上请将 environment 设为 development，并使用 outbox 短信方式。", "On a development machine set environment to development and the SMS provider to outbox.";
    }
}
