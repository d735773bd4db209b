//! An enterprise's operators and whom it invited (J8).

use super::refusals;

refusals! { OPERATOR:
    OPERATOR_IS_ADMINISTRATOR = "operator.is_administrator", 409, AfterFix {
        title: "不能对企业管理员进行此操作", "This can't be done to the administrator";
        detail: "所指的人是本企业的管理员。", "This person is the enterprise's administrator.";
        fix: "请先变更企业管理员。", "Hand the administration over first.";
    }
    OPERATOR_EXISTS = "operator.exists", 409, Never {
        title: "已是本企业的操作员", "An operator of the enterprise already";
        detail: "该证件号码或手机号的账号已是本企业的操作员。", "The account with this id number or phone is an operator of this enterprise already.";
        fix: "请在操作员列表中查找，需要时恢复或修改。", "Find them in the list of operators; resume or change them if you need to.";
    }
    OPERATOR_INVITED = "operator.invited", 409, AfterFix {
        title: "对方尚未接受邀请", "The invitation is still open";
        detail: "已邀请该人加入本企业，对方尚未决定。", "This person was invited and hasn't decided yet.";
        fix: "请等待对方决定，或撤回邀请后重新邀请。", "Wait for their decision, or take the invitation back and invite them anew.";
    }
    OPERATOR_IDENTITY_FIXED = "operator.identity_fixed", 409, Never {
        title: "不能修改他人的身份信息", "Another person's identity can't be changed";
        detail: "该账号不是本企业新建的，或本人已经使用过；姓名、用户名和手机号只能由本人或平台修改。", "This enterprise didn't make the account, or its person has used it; name, username and phone are for the person or the platform to change.";
        fix: "请由本人在“账号信息”中修改。", "Have the person change them in their own account.";
    }
    OPERATOR_NOT_ACTIVATED = "operator.not_activated", 409, AfterFix {
        title: "账号没有密码", "The account has no password";
        detail: "该账号由 IC 卡登录建立，尚未激活，没有可以重置的密码。", "A card login made this account; until it is activated it has no password that could be reset.";
        fix: "请由本人用 IC 卡登录并激活账号。", "Have the person log in with the card and activate the account.";
    }
    OPERATOR_ALREADY_SUSPENDED = "operator.already_suspended", 409, Never {
        title: "操作员已停用", "The operator is suspended already";
        detail: "该操作员已处于停用状态。", "This operator is suspended already.";
        fix: "如需恢复，请使用“恢复”。", "To let them act again, resume them.";
    }
    OPERATOR_NOT_SUSPENDED = "operator.not_suspended", 409, Never {
        title: "操作员未停用", "The operator is not suspended";
        detail: "该操作员没有被停用。", "This operator is not suspended.";
        fix: "无需恢复。", "There is nothing to resume.";
    }
    OPERATOR_PASSWORD_LIMIT = "operator.password_limit", 429, Later {
        title: "初始密码发送过于频繁", "Too many initial passwords";
        detail: "最近已多次向该人发送初始密码。", "This person was sent several initial passwords lately.";
        fix: "请稍后再试；本人也可以用“忘记密码”自行重置。", "Try again later; the person can also reset the password themself.";
    }
    OPERATOR_INVITATION_LIMIT = "operator.invitation_limit", 429, Later {
        title: "今天的邀请过多", "Too many invitations today";
        detail: "本企业一天内发出的邀请已达上限。", "The enterprise has sent as many invitations as it may in a day.";
        fix: "请明天再试。", "Try again tomorrow.";
    }
    INVITATION_MEMBER_ELSEWHERE = "invitation.member_elsewhere", 409, AfterFix {
        title: "您已属于一家企业", "You belong to an enterprise already";
        detail: "一个账号同时只能属于一家企业。", "An account belongs to one enterprise at a time.";
        fix: "请先由现企业的管理员将您移出；如果您是管理员，请先移交。然后再接受邀请。", "Have the present one's administrator remove you first, or hand over if that is you; then accept.";
    }
    INVITATION_CLOSED = "invitation.closed", 409, Never {
        title: "邀请已失效", "The invitation is closed";
        detail: "邀请已被接受、拒绝、撤回或过期。", "It was accepted, declined, taken back, or has expired.";
        fix: "如需加入，请联系该企业的管理员重新邀请。", "If you want to join, ask the enterprise's administrator for a new one.";
    }
    PASSWORD_INITIAL_EXPIRED = "password.initial_expired", 403, AfterFix {
        title: "初始密码已过期", "The initial password has expired";
        detail: "初始密码没有在有效期内使用。", "The initial password was not used in time.";
        fix: "请联系企业管理员重新发送，或用“忘记密码”重置。", "Ask your enterprise's administrator for a new one, or reset it yourself.";
    }
    DEPARTMENT_LENGTH = "department.length", 422, AfterFix {
        title: "部门长度不对", "The department is empty or too long";
        detail: "部门为 1 至 100 个字符。", "A department has 1 to 100 characters.";
        fix: "请填写部门名称或缩短它。", "Enter its name, or shorten it.";
    }
    QUALIFICATION_KIND = "qualification_kind.unknown", 422, AfterFix {
        title: "不认识的资质类型", "The kind of qualification is unknown";
        detail: "资质类型不在支持的范围内。", "The kind is not one of those supported.";
        fix: "请从资质类型中选择；没有合适的，请选“其他”。", "Choose one of the kinds; where none fits, choose \"other\".";
    }
    QUALIFICATION_NUMBER = "number.format", 422, AfterFix {
        title: "资质编号格式不对", "The number is malformed";
        detail: "资质编号为 1 至 64 个字符，不含控制字符。", "A number has 1 to 64 characters, none of them a control character.";
        fix: "请对照证书核对编号。", "Compare it with the certificate.";
    }
    QUALIFICATION_CUSTOMS_CODE = "number.customs_registration", 422, AfterFix {
        title: "海关注册编码格式不对", "The customs registration code is malformed";
        detail: "海关注册编码为 10 位数字或大写字母。", "A customs registration code has 10 digits or capital letters.";
        fix: "请对照报关单位备案证明核对。", "Compare it with the customs registration certificate.";
    }
    QUALIFICATION_DATES = "valid_to.before_valid_from", 422, AfterFix {
        title: "有效期有误", "The dates are in the wrong order";
        detail: "有效期的截止日早于起始日。", "The last day lies before the first.";
        fix: "请对照证书核对起止日期。", "Compare both dates with the certificate.";
    }
    QUALIFICATION_EXISTS = "qualification.exists", 409, AfterFix {
        title: "该资质已登记", "The qualification is entered already";
        detail: "本企业已有同一类型、同一编号的资质。", "The enterprise has one of this kind with this number already.";
        fix: "请修改已有的那一条。", "Change the one that is there.";
    }
    DATE_FORMAT = "date.format", 422, AfterFix {
        title: "日期格式不对", "The date is malformed";
        detail: "日期应为存在的一天，写作 YYYY-MM-DD，1900 至 2199 年。", "A date is a day that exists, written YYYY-MM-DD, from 1900 to 2199.";
        fix: "请使用例如 2026-11-22 的写法。", "Write it like 2026-11-22.";
    }
    SETTINGS_CHANNEL = "channels.unknown", 422, AfterFix {
        title: "不认识的提醒方式", "The channel is unknown";
        detail: "提醒方式不在支持的范围内。", "The channel is not one of those supported.";
        fix: "请选择站内消息或短信（inbox、sms）。", "Choose inbox or SMS (inbox, sms).";
    }
    SETTINGS_INBOX_REQUIRED = "channels.inbox_required", 422, AfterFix {
        title: "不能关闭站内消息", "The inbox can't be left out";
        detail: "新设备登录和密码修改关系到账号安全，必须有站内消息。", "New devices and changed passwords concern the account's security and always reach the inbox.";
        fix: "请保留站内消息。", "Keep the inbox.";
    }
    SETTINGS_LEAD_DAYS = "lead_days.range", 422, AfterFix {
        title: "提前天数超出范围", "The lead days are out of range";
        detail: "提前天数为 1 至 5 个 1 至 180 的整数。", "Lead days are one to five whole numbers from 1 to 180.";
        fix: "请填写 1 至 5 个天数，例如 30、7、1。", "Enter 1 to 5 numbers of days, for example 30, 7 and 1.";
    }
    SETTINGS_LANGUAGE = "language.unknown", 422, AfterFix {
        title: "不认识的语言", "The language is unknown";
        detail: "短信语言不在支持的范围内。", "The language is not one of those supported.";
        fix: "请使用 zh-CN 或 en。", "Use zh-CN or en.";
    }
}
