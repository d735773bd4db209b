//! Applications, entitlements and grants (J14).

use super::refusals;

refusals! { PERMISSION:
    GRANT_EXCEEDS_ENTITLEMENT = "grant.exceeds_entitlement", 422, AfterFix {
        title: "授权超出企业的应用权限", "The grant exceeds the entitlement";
        detail: "授权中包含企业没有开通的应用或操作。", "It contains an application or action that the enterprise isn't entitled to.";
        fix: "请先为企业开通该应用权限，或从授权中去掉它。", "Add it to the enterprise's entitlements first, or leave it out.";
    }
}
