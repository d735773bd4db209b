//! An enterprise's operators (J8).

use super::refusals;

refusals! { OPERATOR:
    OPERATOR_IS_ADMINISTRATOR = "operator.is_administrator", 409, AfterFix {
        title: "不能对企业管理员进行此操作", "This can't be done to the administrator";
        detail: "所指的人是本企业的管理员。", "This person is the enterprise's administrator.";
        fix: "请先变更企业管理员。", "Hand the administration over first.";
    }
}
