//! Enterprises, associations and the registry (J6, J9, J12, J13).

use super::refusals;

refusals! { ENTERPRISE:
    ASSOCIATION_ADMIN_REQUIRED = "association.admin_required", 403, AfterFix {
        title: "须由企业管理员登记", "An administrator must register it";
        detail: "该企业尚未登记，操作员不能登记企业。", "This enterprise is not registered yet, and an operator can't register one.";
        fix: "请由企业管理员先关联并登记企业，再以操作员身份申请。", "Have the enterprise's administrator join and register it first, then ask to join as an operator.";
    }
    ASSOCIATION_ADMIN_EXISTS = "association.admin_exists", 409, AfterFix {
        title: "企业已有管理员", "The enterprise has an administrator";
        detail: "该企业已有管理员，一家企业只能有一位管理员。", "This enterprise has an administrator already; there is exactly one.";
        fix: "请以操作员身份申请关联，经审核后由现任管理员变更企业管理员。", "Ask to join as an operator; once approved, the present administrator can hand over to you.";
    }
    ASSOCIATION_ENTERPRISE_REQUIRED = "association.enterprise_required", 422, AfterFix {
        title: "请填写企业信息", "Say what the enterprise is";
        detail: "平台和登记机关都没有该企业的信息。", "Neither this service nor the registry knows this enterprise.";
        fix: "请填写企业名称、注册地址和经营范围。", "Enter the enterprise's name, registered address and business scope.";
    }
    ASSOCIATION_ALREADY_MEMBER = "association.already_member", 409, Never {
        title: "已属于一家企业", "Already a member of an enterprise";
        detail: "一人同时只能属于一家企业。", "A person belongs to one enterprise at a time.";
        fix: "如需更换企业，请先由现企业的管理员将其移出。", "To change enterprises, have the present one's administrator remove the person first.";
    }
    ASSOCIATION_PENDING = "association.pending", 409, AfterFix {
        title: "已有待审核的申请", "A request is waiting already";
        detail: "您已有一个关联企业的申请正在等待审核。", "You have asked to join an enterprise, and that waits for its decision.";
        fix: "请等待审核，或先撤回原申请。", "Wait for the decision, or withdraw that request first.";
    }
    ASSOCIATION_ALREADY_DECIDED = "association.already_decided", 409, Never {
        title: "该申请已处理", "The request is decided already";
        detail: "该关联申请已通过、已驳回或已撤回。", "This request to join was approved, rejected or withdrawn before.";
        fix: "请刷新列表查看结果。", "Reload the list to see how it was decided.";
    }
    ASSOCIATION_TOO_MANY = "association.too_many", 429, Later {
        title: "申请次数过多", "Too many requests to join";
        detail: "您在一天内提出的关联申请次数已达上限。", "You have asked to join enterprises as often as one may in a day.";
        fix: "请等所示的秒数过后再申请。", "Ask again after the seconds shown.";
    }
    ASSOCIATION_PROOF_REQUIRED = "association.proof_required", 403, AfterFix {
        title: "须证明管理员身份", "The administrator's place needs a proof";
        detail: "该企业已经认证，目前没有管理员，仅凭申请不能成为其管理员。", "This enterprise is verified and has no administrator; asking alone doesn't make one.";
        fix: "请用该企业的法人卡登录，或联系平台客服核实。", "Log in with the enterprise's legal-person card, or have the platform's support check it.";
    }
    ASSOCIATION_USCC_CONFLICT = "association.uscc_conflict", 409, AfterFix {
        title: "与已登记的企业代码不一致", "Another code is registered for this organisation";
        detail: "相同组织机构代码的企业已用另一个统一社会信用代码登记。", "An enterprise with the same organisation code is registered under another unified social credit code.";
        fix: "请对照营业执照核对代码；如无误，请联系平台客服。", "Compare the code with the business licence; if it is right, contact the platform's support.";
    }
    ROLE_UNKNOWN = "role.unknown", 422, AfterFix {
        title: "不认识的用户类型", "The role is unknown";
        detail: "用户类型不在支持的范围内。", "The role is not one of those supported.";
        fix: "请使用 admin（企业管理员）或 operator（企业用户）。", "Use admin or operator.";
    }
    ENTERPRISE_NAME_LENGTH = "enterprise_name.length", 422, AfterFix {
        title: "企业名称长度不对", "The enterprise's name is empty or too long";
        detail: "企业名称为 1 至 200 个字符。", "An enterprise's name has 1 to 200 characters.";
        fix: "请按营业执照填写企业名称。", "Enter the name as on the business licence.";
    }
    BUSINESS_SCOPE_LENGTH = "business_scope.length", 422, AfterFix {
        title: "经营范围长度不对", "The business scope is empty or too long";
        detail: "经营范围为 1 至 4000 个字符。", "A business scope has 1 to 4,000 characters.";
        fix: "请按营业执照填写经营范围，或缩短它。", "Enter it as on the business licence, or shorten it.";
    }
    ADMIN_TRANSFER_TARGET_UNAVAILABLE = "admin_transfer.target_unavailable", 409, AfterFix {
        title: "该操作员暂不能接任管理员", "This operator can't take over now";
        detail: "该操作员已停用，或其账号已被平台锁定。", "This operator is suspended, or the platform has locked the account.";
        fix: "请先恢复该操作员，或另选一位操作员。", "Resume this operator first, or choose another one.";
    }
    REGISTRY_ENTERPRISE_UNKNOWN = "registry.enterprise_unknown", 404, AfterFix {
        title: "未查询到企业", "The registry doesn't know this enterprise";
        detail: "登记机关没有该统一社会信用代码的企业信息。", "The authority's registry has nothing under this unified social credit code.";
        fix: "请核对代码；如无误，请手工录入企业名称、注册地址及经营范围。", "Check the code; if it is right, enter name, registered address and business scope by hand.";
    }
    REGISTRY_USCC_REQUIRED = "registry.uscc_required", 409, AfterFix {
        title: "缺少统一社会信用代码", "The unified social credit code is missing";
        detail: "平台只知道该企业的组织机构代码，无法查询登记信息。", "Only the organisation code of this enterprise is known, which the registry can't be asked for.";
        fix: "请联系平台客服导入该企业的登记信息后重试。", "Have the platform's support import the enterprise's registration, then try again.";
    }
    REGISTRY_UNAVAILABLE = "registry.unavailable", 503, Later {
        title: "企业登记信息暂时无法查询", "The registry can't be reached";
        detail: "暂时无法查询企业登记信息，没有任何改动。", "The authority's registry doesn't answer at the moment; nothing was changed.";
        fix: "请稍后重试。", "Try again later.";
    }
}
