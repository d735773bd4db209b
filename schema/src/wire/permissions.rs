//! Applications, entitlements, grants, the check (J14).
