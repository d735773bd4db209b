//! Domain types: each parses once, at the edge, and is trusted after.
//!
//! A parser takes any text, never panics, and refuses with an entry of the catalogue. The types have no public fields, so a
//! value is proof that the check was made. `Debug` shows personal data masked and secrets not at all.

mod account;
mod calendar;
mod code;
mod contact;
mod enterprise;
mod identity;
pub mod mask;
mod password;
mod permission;
mod phone;
mod seal;
pub(crate) mod text;

pub use account::{LoginName, PersonName, Username};
pub use calendar::{CalendarDate, QualificationKind, QualificationNumber};
pub use code::{SmsCode, SmsPurpose};
pub use contact::{Address, Email, Postcode, Telephone};
pub use enterprise::{BusinessScope, EnterpriseName, OrganisationCode, Uscc};
pub use identity::{IdDocument, IdType, ResidentId};
pub use password::{GivenPassword, NewPassword};
pub use permission::{DisplayName, PermissionCode};
pub use phone::Phone;
pub use seal::{SealKind, SealName, SealShape};
pub use text::{Department, Notes, Reason, line_of_text};

/// Implements `Debug` as the type's name around `$masked`, a function of the value.
macro_rules! debug_masked {
    ($type:ident, $masked:expr) => {
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let masked: fn(&$type) -> String = $masked;
                write!(f, concat!(stringify!($type), "({})"), masked(self))
            }
        }
    };
}
use debug_masked;
