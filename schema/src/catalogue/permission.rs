//! Applications, entitlements and grants (J14).

use super::refusals;

refusals! { PERMISSION:
    GRANT_EXCEEDS_ENTITLEMENT = "grant.exceeds_entitlement", 422, AfterFix {
        title: "授权超出企业的应用权限", "The grant exceeds the entitlement";
        detail: "授权中包含企业没有开通的应用或操作。", "It contains an application or action that the enterprise isn't entitled to.";
        fix: "请先为企业开通该应用权限，或从授权中去掉它。", "Add it to the enterprise's entitlements first, or leave it out.";
    }
    APPLICATION_UNKNOWN = "application.unknown", 422, AfterFix {
        title: "没有这个应用", "There is no such application";
        detail: "应用目录中没有这个应用。", "The catalogue has no application with this code.";
        fix: "请从应用目录中选择。", "Choose one from the catalogue of applications.";
    }
    ACTION_UNKNOWN = "action.unknown", 422, AfterFix {
        title: "应用没有这项操作", "The application has no such action";
        detail: "应用目录中，该应用没有这项操作。", "The catalogue has no action with this code in this application.";
        fix: "请从应用目录中选择该应用的操作。", "Choose one of this application's actions from the catalogue.";
    }
    CHECK_TOO_MANY = "check.too_many", 422, AfterFix {
        title: "一次查询的权限过多", "Too many checks at once";
        detail: "一次最多查询 100 项权限。", "At most 100 permissions can be checked at once.";
        fix: "请分几次查询。", "Ask in several requests.";
    }
    APPLICATION_CODE_FORMAT = "application.code_format", 422, AfterFix {
        title: "应用或操作的代码格式不对", "The code of an application or action is malformed";
        detail: "代码为 2 至 40 个小写英文字母、数字和下划线，以字母开头。", "A code has 2 to 40 small letters, digits and underscores, a letter first.";
        fix: "请换一个代码，例如 goods_declaration。", "Choose another one, for example goods_declaration.";
    }
    APPLICATION_CODE_TAKEN = "application.code_taken", 409, AfterFix {
        title: "代码已被使用", "The code is taken";
        detail: "已有或曾有应用使用这个代码，代码不能重复使用。", "An application has this code or had it once; a code is never used again.";
        fix: "请换一个代码。", "Choose another code.";
    }
    APPLICATION_ACTIONS = "application.actions", 422, AfterFix {
        title: "操作列表不对", "The list of actions is not usable";
        detail: "一个应用有 1 至 60 项操作，代码各不相同。", "An application has 1 to 60 actions, each with a code of its own.";
        fix: "请补上操作，或去掉重复和多余的。", "Add an action, or leave out those that are there twice or too many.";
    }
    APPLICATION_TOO_MANY = "application.too_many", 409, AfterFix {
        title: "应用目录已满", "The catalogue is full";
        detail: "应用目录最多有 200 个应用。", "The catalogue has at most 200 applications.";
        fix: "请先删除不再使用的应用。", "Remove one that is no longer used first.";
    }
}
