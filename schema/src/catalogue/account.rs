//! The state of an account, and changes to it (J4).

use super::refusals;

refusals! { ACCOUNT:
    ACCOUNT_INACTIVE = "account.inactive", 403, AfterFix {
        title: "账号尚未激活", "The account is not active yet";
        detail: "由 IC 卡登录建立的账号，激活之前没有用户名和密码，只能用卡登录。", "An account that a card login made has neither username nor password until it is activated; only the card logs in.";
        fix: "请用 IC 卡登录并完成账号激活；已有用户名的，请用用户名或手机号登录。", "Log in with the card and activate the account; if you have a username, log in with it or with your phone.";
    }
    ACCOUNT_ALREADY_ACTIVE = "account.already_active", 409, Never {
        title: "账号已经激活", "The account is active already";
        detail: "账号已有密码，不需要再次激活。", "The account has its password; there is nothing to activate.";
        fix: "如需修改密码，请使用“修改密码”。", "To change the password, use the change of password.";
    }
    ACCOUNT_LOCKED = "account.locked", 403, Never {
        title: "账号已被锁定", "The account is locked";
        detail: "平台工作人员已锁定该账号。", "The platform's staff have locked this account.";
        fix: "请联系平台客服了解原因。", "Contact the platform's support to learn why.";
    }
    ACCOUNT_PHONE_TAKEN = "account.phone_taken", 409, AfterFix {
        title: "该手机号已被其他账号使用", "Another account has this phone";
        detail: "一个手机号只能用于一个账号。", "A phone belongs to one account.";
        fix: "请换一个手机号；如该号码是您的，请联系平台客服。", "Use another phone; if this one is yours, contact the platform's support.";
        field: "phone";
    }
    ACCOUNT_PHONE_UNCHANGED = "account.phone_unchanged", 422, AfterFix {
        title: "手机号没有变化", "The phone is the current one";
        detail: "新手机号与账号当前的手机号相同。", "The new phone is the one that the account has.";
        fix: "请填写另一个手机号。", "Enter another phone.";
        field: "phone";
    }
}
