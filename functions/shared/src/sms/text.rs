//! What an SMS says. In Chinese: the phones are mainland China's.

use eport_schema::domain::SmsPurpose;

/// The text that carries a code.
pub fn code(purpose: SmsPurpose, code: &str, minutes: i64) -> String {
    let act = match purpose {
        SmsPurpose::Register => "注册账号",
        SmsPurpose::Login => "登录",
        SmsPurpose::ResetPassword => "重置密码",
        SmsPurpose::ChangePhone => "更换手机号",
    };
    format!("【电子口岸】您正在{act}，验证码{code}，{minutes}分钟内有效。请勿告诉任何人。")
}

/// Brings an operator's initial password. Only an enterprise that somebody has vouched for is named: anybody can claim one under any name.
pub fn initial_password(enterprise: Option<&str>, username: &str, password: &str, hours: i64) -> String {
    let enterprise = enterprise.unwrap_or("您所在的企业");
    format!(
        "【电子口岸】{enterprise}为您开通了操作员账号。用户名{username}，初始密码{password}，{hours}小时内有效，首次登录须修改。请勿告诉任何人。"
    )
}

/// Tells that the password was changed.
pub const PASSWORD_CHANGED: &str = "【电子口岸】您的账号密码已修改。如非本人操作，请立即通过“忘记密码”重置并联系平台。";

/// Tells the old phone that it is the account's no longer.
pub const PHONE_CHANGED: &str = "【电子口岸】您的账号已更换手机号。如非本人操作，请立即联系平台。";
