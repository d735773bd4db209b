//! Logging in and being recognised (J2).

use super::refusals;

refusals! { SESSION:
    SESSION_ADDRESS_LIMIT = "session.address_limit", 429, Later {
        title: "该网络地址登录失败次数过多", "Too many failed logins from this address";
        detail: "一小时内从这个网络地址登录失败的次数超过了限制。", "From this network address more logins failed within an hour than allowed.";
        fix: "请等所示的秒数过后重试，或用短信验证码、IC 卡登录。", "Try again after the seconds shown, or log in with a phone code or a card.";
    }
    SESSION_CREDENTIALS_WRONG = "session.credentials_wrong", 401, AfterFix {
        title: "用户名或密码不正确", "The username or the password is wrong";
        detail: "登录信息与任何账号都不符。", "What was given to log in belongs to no account.";
        fix: "请核对后重试；如忘记密码，请使用“忘记密码”。", "Check and try again; if you forgot the password, reset it.";
    }
    SESSION_LOCKED = "session.locked", 429, Later {
        title: "密码登录已暂时锁定", "Password login is locked for a while";
        detail: "密码输错次数过多，密码登录已暂时锁定。", "There were too many wrong passwords, so password login is locked for a while.";
        fix: "请等所示的秒数过后重试，或使用短信验证码登录。", "Try again after the seconds shown, or log in with a phone code.";
    }
    SESSION_REQUIRED = "session.required", 401, AfterFix {
        title: "请先登录", "Please log in";
        detail: "请求没有带上访问令牌。", "The request has no access token.";
        fix: "请登录，并在 Authorization 中以 Bearer 方式带上访问令牌。", "Log in, and send the access token as Authorization: Bearer.";
    }
    SESSION_TOKEN_INVALID = "session.token_invalid", 401, AfterFix {
        title: "访问令牌无效", "The access token is not valid";
        detail: "访问令牌无法验证：格式、签名或签发者不正确。", "The access token can't be verified: its form, signature or issuer is wrong.";
        fix: "请重新登录。", "Log in again.";
    }
    SESSION_TOKEN_EXPIRED = "session.token_expired", 401, AfterFix {
        title: "访问令牌已过期", "The access token has expired";
        detail: "访问令牌的有效时间已过。", "The time in which the access token could be used is over.";
        fix: "请用刷新令牌换取新的访问令牌，或重新登录。", "Get a new one with the refresh token, or log in again.";
    }
    SESSION_ENDED = "session.ended", 401, AfterFix {
        title: "会话已结束", "The session has ended";
        detail: "会话已退出、被结束，或因长时间未操作而失效。", "The session was logged out, ended, or not used for too long.";
        fix: "请重新登录。", "Log in again.";
    }
    SESSION_REFRESH_INVALID = "session.refresh_invalid", 401, AfterFix {
        title: "刷新令牌无效", "The refresh token is not valid";
        detail: "刷新令牌不正确，或者会话已经结束。", "The refresh token is wrong, or its session has ended.";
        fix: "请重新登录。", "Log in again.";
    }
    SESSION_REFRESH_REUSED = "session.refresh_reused", 401, AfterFix {
        title: "刷新令牌已被使用过", "The refresh token was used before";
        detail: "同一刷新令牌被再次使用，为了安全已结束整个会话。", "A refresh token was used a second time, so the whole session was ended for safety.";
        fix: "请重新登录；如不是您本人操作，请修改密码。", "Log in again; if it wasn't you, change your password.";
    }
    SESSION_FRESH_LOGIN_REQUIRED = "session.fresh_login_required", 403, AfterFix {
        title: "请重新登录", "A fresh login is required";
        detail: "这项操作要求刚刚登录，本次会话登录已久。", "This needs a login of a few minutes ago at the most; this session's was earlier.";
        fix: "请重新登录，然后马上重试。", "Log in again, and try again right after.";
    }
}
