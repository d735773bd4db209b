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
        fix: "请写明为什么需要这样做。", "Say why it is needed.";
    }
    ENTERPRISE_ALREADY_VERIFIED = "enterprise.already_verified", 409, Never {
        title: "企业已通过认证", "The enterprise is verified already";
        detail: "已认证的企业不能再驳回。", "An enterprise that is verified can't be refused any more.";
        fix: "如需更换企业管理员，请使用变更管理员。", "To replace its administrator, decide on another one.";
    }
    ENTERPRISE_NO_CLAIM = "enterprise.no_claim", 409, Never {
        title: "没有待审核的管理员", "Nobody claims to be the administrator";
        detail: "该企业目前没有未经核实的管理员，没有可以驳回的申请。", "The enterprise has no unverified administrator at the moment, so there is no claim to refuse.";
        fix: "请刷新列表，查看最新状态。", "Look at the list again for the present state.";
    }
    ADMINISTRATOR_UNUSABLE = "account_id.unusable", 422, AfterFix {
        title: "该账号不能担任企业管理员", "This account can't be an administrator";
        detail: "账号不存在、尚未完成注册、已被锁定，或属于平台工作人员。", "The account doesn't exist, is not registered to the end, is locked, or is one of the staff's.";
        fix: "请核对账号；已锁定的账号请先解锁。", "Check the account; unlock it first if it is locked.";
    }
    ADMINISTRATOR_ELSEWHERE = "administrator.elsewhere", 409, AfterFix {
        title: "该账号属于另一家企业", "The account belongs to another enterprise";
        detail: "一个账号同时只能属于一家企业，该账号现属于另一家企业。", "An account belongs to one enterprise at a time, and this one belongs to another.";
        fix: "请先由原企业的管理员将其移出。", "Have that enterprise's administrator remove it first.";
    }
    CARD_CLASS_UNKNOWN = "card_class.unknown", 422, AfterFix {
        title: "不认识的卡类别", "The card class is unknown";
        detail: "卡类别应为 legal_person 或 operator。", "The card class is legal_person or operator.";
        fix: "法人卡请用 legal_person，操作员卡请用 operator。", "Use legal_person for a legal person's card, operator for an operator's.";
    }
    CARD_CLASS_MISMATCH = "card.class_mismatch", 422, AfterFix {
        title: "卡类别与证书不符", "The card class is not the certificate's";
        detail: "填写的卡类别与证书中的不一致；证书未写明类别的，按操作员卡处理。", "The class that was given is not the one in the certificate; a certificate that names none is an operator card's.";
        fix: "请核对卡和证书。", "Compare the card with its certificate.";
    }
    REGISTRY_ENCODING = "registry.encoding", 422, AfterFix {
        title: "文件编码无法识别", "The file's encoding can't be read";
        detail: "文件既不是 UTF-8，也不是 GB 18030（GBK）。", "The file is neither UTF-8 nor GB 18030 (GBK).";
        fix: "请另存为 UTF-8 或 GB 18030 的 CSV 文件。", "Save it as a CSV file in UTF-8 or GB 18030.";
    }
    REGISTRY_HEADER = "registry.header", 422, AfterFix {
        title: "缺少表头", "The header row is missing";
        detail: "第一行须有 uscc（统一社会信用代码）和 name（企业名称）两列，且列名不能重复。", "The first row must name the columns uscc and name, in English or in Chinese, each column once.";
        fix: "请补上表头，依次为 uscc、name、registered_address、business_scope、legal_person_name。", "Add the header, for example uscc,name,registered_address,business_scope,legal_person_name.";
    }
    REGISTRY_IMPORT_FINISHED = "registry.import_finished", 409, Never {
        title: "该次导入已结束", "This import is finished";
        detail: "已结束的导入不能再追加内容。", "Nothing can be added to an import that is finished.";
        fix: "请另行开始一次导入。", "Begin another import.";
    }
    REGISTRY_COLUMNS = "registry.columns", 422, AfterFix {
        title: "列数与表头不符", "The row has other columns than the header";
        detail: "这一行的列数与表头不同，多半是引号或逗号有误。", "The row has more or fewer columns than the header; most likely a quote or a comma is wrong.";
        fix: "请检查该行的引号和逗号。", "Check the quotes and commas of this row.";
    }
    REGISTRY_QUOTE = "registry.quote", 422, AfterFix {
        title: "引号没有闭合", "A quote is not closed";
        detail: "这一行的引号打开后没有正确闭合，因此没有导入；从下一行起照常读取。", "A quote is opened in this row and not closed as it must be, so the row was not taken; reading went on with the next line.";
        fix: "请补上或去掉该行的引号；文字中的引号要写两遍。", "Close the quote or leave it out; a quote within a text is written twice.";
    }
    REGISTRY_DRY_RUN_DIFFERS = "registry.dry_run_differs", 409, AfterFix {
        title: "与本次导入的试运行设置不一致", "This import was begun with another dry_run";
        detail: "后续各段的 dry_run 必须与第一段相同；没有写入任何内容。", "The parts that follow have the dry_run of the first; nothing was written.";
        fix: "请去掉 dry_run，或使用第一段的值；要改变，请重新导入。", "Leave dry_run out or give that of the first part; to change it, begin a new import.";
    }
    REGISTRY_NAME_REQUIRED = "registry.name_required", 422, AfterFix {
        title: "缺少企业名称", "The name of the enterprise is missing";
        detail: "这一行没有企业名称。", "The row has no name of the enterprise.";
        fix: "请补上企业名称。", "Add the name.";
    }
    DEV_NOT_ENABLED = "dev.not_enabled", 404, Never {
        title: "仅在开发环境可用", "Only in development";
        detail: "开发用的短信收件箱只在开发环境中提供。", "The outbox for development exists only in a development environment.";
        fix: "在开发机上请将 environment 设为 development，并使用 outbox 短信方式。", "On a development machine set environment to development and the SMS provider to outbox.";
    }
}
