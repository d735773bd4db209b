//! Phone codes, registration (J1), forgotten passwords (J3) and what a password must be.

use super::refusals;

refusals! { REGISTRATION:
    SMS_UNAVAILABLE = "sms.unavailable", 503, Later {
        title: "短信暂时无法发送", "Text messages can't be sent for now";
        detail: "短信通道没有接受这条短信。", "The text message gateway did not take the message.";
        fix: "请稍后重新获取验证码。", "Ask for a new code in a while.";
    }
    SMS_RESEND_TOO_SOON = "sms.resend_too_soon", 429, Later {
        title: "验证码刚刚发送过", "A code was sent just now";
        detail: "同一手机号、同一用途每分钟只能获取一次验证码。", "A code for the same phone and purpose can be asked for once a minute.";
        fix: "请先查收短信；没有收到的，请等所示的秒数过后重新获取。", "Look at your messages first; if none has come, ask again after the seconds shown.";
    }
    SMS_PHONE_LIMIT = "sms.phone_limit", 429, Later {
        title: "该手机号获取验证码次数过多", "Too many codes for this phone";
        detail: "该手机号在一小时或一天内获取验证码的次数已达上限。", "This phone has had as many codes as allowed within an hour or a day.";
        fix: "请等所示的秒数过后重新获取。", "Ask again after the seconds shown.";
    }
    SMS_ADDRESS_LIMIT = "sms.address_limit", 429, Later {
        title: "该网络获取验证码次数过多", "Too many codes from this network";
        detail: "从您的网络地址获取验证码的次数已达上限。", "As many codes as allowed were asked for from your network address.";
        fix: "请等所示的秒数过后重新获取，或换一个网络。", "Ask again after the seconds shown, or from another network.";
    }
    SMS_CODE_INVALID = "sms.code_invalid", 422, AfterFix {
        title: "验证码不正确", "The code is wrong";
        detail: "验证码与最近一次发送给该手机号的不符，或者已经使用过。", "It is not the code last sent to this phone for this purpose, or it was used before.";
        fix: "请核对最近一条短信中的六位数字，或重新获取验证码。", "Check the six digits in the latest message, or ask for a new code.";
        field: "sms_code";
    }
    SMS_CODE_EXPIRED = "sms.code_expired", 422, AfterFix {
        title: "验证码已过期", "The code has expired";
        detail: "验证码的有效时间已过。", "The time in which the code could be used is over.";
        fix: "请重新获取验证码。", "Ask for a new code.";
        field: "sms_code";
    }
    SMS_CODE_EXHAUSTED = "sms.code_exhausted", 422, AfterFix {
        title: "验证码输错次数过多", "Too many wrong tries";
        detail: "该验证码输错的次数已达上限，已经作废。", "The code was entered wrongly too often and is void.";
        fix: "请重新获取验证码。", "Ask for a new code.";
        field: "sms_code";
    }
    REGISTRATION_ID_NUMBER_TAKEN = "registration.id_number_taken", 409, AfterFix {
        title: "该证件号码已注册", "This id number is registered";
        detail: "已有账号使用该证件号码，一人只能有一个账号。", "There is an account with this id number; a person has one account.";
        fix: "请直接登录；如忘记密码，请使用“忘记密码”；如被他人冒用，请联系平台客服。", "Log in; if you forgot the password, reset it; if someone else used your number, contact the platform's support.";
        field: "id_number";
    }
    REGISTRATION_PHONE_TAKEN = "registration.phone_taken", 409, AfterFix {
        title: "该手机号已注册", "This phone is registered";
        detail: "已有账号使用该手机号。", "There is an account with this phone.";
        fix: "请用该手机号登录，或换一个手机号注册。", "Log in with this phone, or register with another one.";
        field: "phone";
    }
    REGISTRATION_USERNAME_TAKEN = "registration.username_taken", 409, AfterFix {
        title: "该用户名已被使用", "This username is taken";
        detail: "已有账号使用该用户名（不区分大小写）。", "There is an account with this username (upper and lower case count as the same).";
        fix: "请换一个用户名。", "Choose another username.";
        field: "username";
    }
    REGISTRATION_TERMS_REQUIRED = "registration.terms_required", 422, AfterFix {
        title: "请先同意服务条款", "The terms must be accepted";
        detail: "没有同意服务条款，不能注册。", "One can't register without accepting the terms of service.";
        fix: "请阅读服务条款，同意后再注册。", "Read the terms of service and accept them first.";
    }
    REGISTRATION_PASSWORD_TOKEN_INVALID = "registration.password_token_invalid", 403, AfterFix {
        title: "设置密码的凭证无效", "The token to set the password is not valid";
        detail: "凭证不正确、已经过期，或已经使用过。", "The token is wrong, has expired, or was used before.";
        fix: "如已设置密码，请直接登录；否则请重新注册。", "If the password is set, log in; otherwise register again.";
    }
    PASSWORD_TOO_SHORT = "password.too_short", 422, AfterFix {
        title: "密码太短", "The password is too short";
        detail: "密码至少要有 8 个字符。", "A password has at least 8 characters.";
        fix: "请换一个更长的密码，例如几个不相关的词。", "Choose a longer one, for example a few unrelated words.";
    }
    PASSWORD_TOO_LONG = "password.too_long", 422, AfterFix {
        title: "密码太长", "The password is too long";
        detail: "密码最多 64 个字符。", "A password has at most 64 characters.";
        fix: "请换一个短一些的密码。", "Choose a shorter one.";
    }
    PASSWORD_SAME_AS_USERNAME = "password.same_as_username", 422, AfterFix {
        title: "密码不能与用户名相同", "The password is the username";
        detail: "密码与用户名相同，容易被猜到。", "The password is the same as the username and easy to guess.";
        fix: "请换一个与用户名无关的密码。", "Choose one that has nothing to do with the username.";
    }
    PASSWORD_TOO_COMMON = "password.too_common", 422, AfterFix {
        title: "密码太常见", "The password is too common";
        detail: "这个密码在常用密码之列，容易被猜到。", "The password is among the common ones and easy to guess.";
        fix: "请换一个只有您自己想得到的密码，例如几个不相关的词。", "Choose one that only you would think of, for example a few unrelated words.";
    }
    PASSWORD_CONTROL_CHARACTERS = "password.control_characters", 422, AfterFix {
        title: "密码含有不可见的控制字符", "The password has control characters";
        detail: "密码中不能有换行、制表符等控制字符。", "A password can't have control characters such as a line break or a tab.";
        fix: "请去掉控制字符；粘贴密码时请注意首尾。", "Leave them out; when pasting, look at the beginning and the end.";
    }
    PASSWORD_WRONG = "password.wrong", 403, AfterFix {
        title: "当前密码不正确", "The current password is wrong";
        detail: "填写的当前密码与账号的密码不符。", "The current password given is not the account's.";
        fix: "请重新填写当前密码；如忘记，请使用“忘记密码”。", "Enter the current password again; if you forgot it, reset it.";
        field: "current_password";
    }
    PASSWORD_UNCHANGED = "password.unchanged", 422, AfterFix {
        title: "新密码与当前密码相同", "The new password is the current one";
        detail: "新密码必须与当前密码不同。", "The new password must differ from the current one.";
        fix: "请换一个新密码。", "Choose another password.";
    }
    PASSWORD_CHANGE_REQUIRED = "password.change_required", 403, AfterFix {
        title: "请先修改初始密码", "The initial password must be changed first";
        detail: "您正在使用初始密码，修改之前不能进行其他操作。", "You are using an initial password; nothing else can be done before it is changed.";
        fix: "请先设置自己的密码。", "Set a password of your own first.";
    }
    PASSWORD_RESET_MISMATCH = "password_reset.mismatch", 422, AfterFix {
        title: "手机号与证件号码不符", "The phone and the id number don't belong together";
        detail: "没有账号同时具有该手机号和该证件号码。", "There is no account with both this phone and this id number.";
        fix: "请核对手机号和证件号码；手机号已更换的，请联系平台客服。", "Check both; if your phone has changed, contact the platform's support.";
    }
}
