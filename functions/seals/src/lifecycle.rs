//! `draft → authorized ⇄ disabled`, for seals and signature images alike.

/// What can be done to the state of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A draft is put into use.
    Authorize,
    /// One in use is taken out of it.
    Disable,
    /// It is put into use again.
    Enable,
    /// One in use becomes the default.
    Default,
}

impl Change {
    /// The state before, and after.
    pub const fn states(self) -> (&'static str, &'static str) {
        match self {
            Self::Authorize => ("draft", "authorized"),
            Self::Disable => ("authorized", "disabled"),
            Self::Enable => ("disabled", "authorized"),
            Self::Default => ("authorized", "authorized"),
        }
    }

    /// As the audit and messages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorize => "authorized",
            Self::Disable => "disabled",
            Self::Enable => "enabled",
            Self::Default => "default",
        }
    }

    /// Whether it is the default afterwards, where it `was` before or not: only one in use can be.
    pub const fn is_default(self, was: bool) -> bool {
        match self {
            Self::Default => true,
            Self::Disable => false,
            Self::Authorize | Self::Enable => was,
        }
    }
}
