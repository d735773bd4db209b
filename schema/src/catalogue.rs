//! Every refusal that the service can answer with: its code, status and texts, in one place.
//!
//! A refusal is a static. Rules name it (`&catalogue::SESSION_LOCKED`), responses are made from it, `docs/errors.md` and the
//! OpenAPI document are written from it. A code, once published, keeps its meaning.

mod account;
mod bridge;
mod card;
mod enterprise;
mod field;
mod language;
mod operator;
mod permission;
mod registration;
mod request;
mod seal;
mod service;
mod session;
mod staff;

pub use account::*;
pub use bridge::*;
pub use card::*;
pub use enterprise::*;
pub use field::*;
pub use language::Language;
pub use operator::*;
pub use permission::*;
pub use registration::*;
pub use request::*;
pub use seal::*;
pub use service::*;
pub use session::*;
pub use staff::*;

/// Whether asking again can help. On the wire: `never`, `later`, `after_fix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same caller will get the same answer.
    Never,
    /// The same request may succeed after a while.
    Later,
    /// A changed request may succeed; `fix` says what to change.
    AfterFix,
}

impl Retry {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Later => "later",
            Self::AfterFix => "after_fix",
        }
    }
}

/// One sentence in both languages. Never holds data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// 简体中文。
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Text {
    /// The sentence in `language`.
    pub const fn get(&self, language: Language) -> &'static str {
        match language {
            Language::Zh => self.zh,
            Language::En => self.en,
        }
    }
}

/// One way in which the service says no.
#[derive(Debug)]
pub struct Refusal {
    /// Stable and dotted: `session.locked`. What clients decide by.
    pub code: &'static str,
    /// HTTP status, 400–599.
    pub status: u16,
    /// Whether asking again can help.
    pub retry: Retry,
    /// What it is, in a few words.
    pub title: Text,
    /// What happened.
    pub detail: Text,
    /// What to do.
    pub fix: Text,
    /// The field that it is always about, whatever the request: `errors[]` names it.
    pub field: Option<&'static str>,
}

impl PartialEq for Refusal {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Refusal {}

/// What a parser refuses with. Carries no part of the input, so it is safe to log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Invalid(pub &'static Refusal);

impl Invalid {
    /// The refusal's code.
    pub const fn code(self) -> &'static str {
        self.0.code
    }
}

impl std::fmt::Debug for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Invalid({})", self.0.code)
    }
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} {}", self.0.code, self.0.detail.en, self.0.fix.en)
    }
}

impl std::error::Error for Invalid {}

/// Makes the statics of one area, and the list of them: a refusal can't be written without being listed.
macro_rules! refusals {
    ($list:ident: $(
        $name:ident = $code:literal, $status:literal, $retry:ident {
            title: $title_zh:literal, $title_en:literal;
            detail: $detail_zh:literal, $detail_en:literal;
            fix: $fix_zh:literal, $fix_en:literal;
            $(field: $field:literal;)?
        }
    )*) => {
        $(
            #[doc = concat!("`", $code, "` (", stringify!($status), "): ", $detail_en)]
            pub static $name: $crate::catalogue::Refusal = $crate::catalogue::Refusal {
                code: $code,
                status: $status,
                retry: $crate::catalogue::Retry::$retry,
                title: $crate::catalogue::Text { zh: $title_zh, en: $title_en },
                detail: $crate::catalogue::Text { zh: $detail_zh, en: $detail_en },
                fix: $crate::catalogue::Text { zh: $fix_zh, en: $fix_en },
                field: refusals!(@field $($field)?),
            };
        )*
        #[doc = "The refusals of this area, in the order of the source."]
        pub const $list: &[&$crate::catalogue::Refusal] = &[$(&$name),*];
    };
    (@field) => { None };
    (@field $field:literal) => { Some($field) };
}
use refusals;

/// A part of the catalogue: what `docs/errors.md` has one table for.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    /// Its heading.
    pub title: Text,
    /// Its refusals.
    pub refusals: &'static [&'static Refusal],
}

/// The catalogue, area by area.
pub const AREAS: &[Area] = &[
    Area { title: Text { zh: "请求", en: "Requests" }, refusals: REQUEST },
    Area { title: Text { zh: "服务", en: "The service" }, refusals: SERVICE },
    Area {
        title: Text { zh: "短信、注册与密码", en: "Phone codes, registration, passwords" }, refusals: REGISTRATION
    },
    Area { title: Text { zh: "会话", en: "Sessions" }, refusals: SESSION },
    Area { title: Text { zh: "账号", en: "Accounts" }, refusals: ACCOUNT },
    Area { title: Text { zh: "IC 卡与信任库", en: "Cards and whom they are trusted from" }, refusals: CARD },
    Area { title: Text { zh: "企业与关联", en: "Enterprises and associations" }, refusals: ENTERPRISE },
    Area { title: Text { zh: "操作员", en: "Operators" }, refusals: OPERATOR },
    Area { title: Text { zh: "应用与授权", en: "Applications and grants" }, refusals: PERMISSION },
    Area { title: Text { zh: "印章与签名", en: "Seals and signatures" }, refusals: SEAL },
    Area { title: Text { zh: "平台与权限", en: "Platform and permissions" }, refusals: STAFF },
    Area { title: Text { zh: "卡助手", en: "The card bridge" }, refusals: BRIDGE },
    Area { title: Text { zh: "字段", en: "Fields" }, refusals: FIELD },
];

const COUNT: usize = REQUEST.len()
    + SERVICE.len()
    + REGISTRATION.len()
    + SESSION.len()
    + ACCOUNT.len()
    + CARD.len()
    + ENTERPRISE.len()
    + OPERATOR.len()
    + PERMISSION.len()
    + SEAL.len()
    + STAFF.len()
    + BRIDGE.len()
    + FIELD.len();

/// Every refusal.
pub const ALL: &[&Refusal] = &collect();

#[allow(clippy::indexing_slicing, reason = "runs at compile time, where an index past the end is a build failure")]
const fn collect() -> [&'static Refusal; COUNT] {
    let mut all: [&Refusal; COUNT] = [&SERVICE_INTERNAL; COUNT];
    let mut next = 0;
    let mut area = 0;
    while area < AREAS.len() {
        let mut i = 0;
        while i < AREAS[area].refusals.len() {
            all[next] = AREAS[area].refusals[i];
            next += 1;
            i += 1;
        }
        area += 1;
    }
    all
}

/// What the refusal with this code is called.
pub fn title(code: &str, language: Language) -> Option<&'static str> {
    find(code).map(|refusal| refusal.title.get(language))
}

/// The refusal with this code.
pub fn find(code: &str) -> Option<&'static Refusal> {
    ALL.iter().copied().find(|refusal| refusal.code == code)
}
