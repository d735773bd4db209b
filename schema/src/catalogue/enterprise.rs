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
    REGISTRY_UNAVAILABLE = "registry.unavailable", 503, Later {
        title: "企业登记信息暂时无法查询", "The registry can't be reached";
        detail: "暂时无法查询企业登记信息，没有任何改动。", "The authority's registry doesn't answer at the moment; nothing was changed.";
        fix: "请稍后重试。", "Try again later.";
    }
}
