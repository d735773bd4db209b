//! A string that must not be seen.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A password, code or token in a request: overwritten in memory when dropped, never shown by `Debug`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema), schemars(inline))]
#[serde(transparent)]
pub struct Secret(#[cfg_attr(feature = "openapi", schemars(with = "String"))] Zeroizing<String>);

impl Secret {
    /// The text, for the one place that needs it. Not for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}
