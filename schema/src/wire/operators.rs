//! An enterprise's operators (J8).
