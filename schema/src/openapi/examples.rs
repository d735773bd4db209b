//! One example of each body.

use serde_json::{Value, json};

const ID: &str = "019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11";
const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const OTHER_ID: &str = "019aa9a5-7a31-7c44-9b02-4c1f0a6d3e52";
const EARLIER: &str = "2026-11-22T01:20:00Z";
const LATER: &str = "2026-11-22T01:30:00Z";
/// Three parts that only look like a token.
const ACCESS_TOKEN: &str = "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl";
const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const REFRESH_TOKEN: &str = "AZqppW8MfQqPDi2df1scEQ";

/// The example of a wire type, by its name in the route table.
pub fn example(name: &str) -> Option<Value> {
    Some(match name {
        "SmsCodeRequest" => json!({ "phone": "138 1234 5678", "purpose": "register" }),
        "SmsCodeAccepted" => json!({ "resend_after": 60 }),
        "RegistrationRequest" => json!({
            "username": "zhang.san", "name": "张三", "id_type": "resident_id", "id_number": "11010519491231002X",
            "phone": "13812345678", "sms_code": "135790", "terms_accepted": true
        }),
        "RegistrationCreated" => {
            json!({ "account_id": ID, "password_token": REFRESH_TOKEN, "expires_at": LATER })
        }
        "RegistrationPassword" => {
            json!({ "password_token": REFRESH_TOKEN, "password": "correct horse battery" })
        }
        "PasswordResetRequest" => json!({
            "phone": "13812345678", "sms_code": "135790", "id_number": "11010519491231002X", "password": "correct horse battery"
        }),
        "List<OutboxItem>" => json!({
            "items": [{
                "id": ID, "phone": "+8613812345678", "purpose": "register", "text": "验证码 135790，5 分钟内有效。",
                "code": "135790", "created_at": EARLIER
            }],
            "next_cursor": null
        }),
        "SessionRequest" => {
            json!({ "method": "password", "username": "zhang.san", "password": "correct horse battery" })
        }
        "SessionCreated" => json!({
            "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 600, "refresh_token": REFRESH_TOKEN,
            "account": {
                "id": ID, "username": "zhang.san", "name": "张三", "state": "active", "staff": false, "password_change_required": false
            }
        }),
        "RefreshRequest" => json!({ "refresh_token": REFRESH_TOKEN }),
        "List<SessionItem>" => json!({
            "items": [{
                "id": OTHER_ID, "current": true, "method": "password", "amr": ["pwd"], "card_class": null,
                "device": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
                "device_name": "Firefox · Linux", "address": "203.0.113.7",
                "created_at": EARLIER, "last_seen_at": LATER, "expires_at": "2026-11-22T13:20:00Z"
            }],
            "next_cursor": null
        }),
        "Jwks" => json!({
            "keys": [{
                "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "2026-11", "use": "sig", "alg": "EdDSA"
            }]
        }),
        "Health" => {
            json!({ "status": "ok", "component": "sessions", "version": env!("CARGO_PKG_VERSION") })
        }
        "Me" => json!({
            "id": ID, "username": "zhang.san", "name": "张三", "id_type": "resident_id", "id_number": "1101**********002X",
            "phone": "138****5678", "email": "zhang.san@example.com", "address": null, "postcode": "710018", "telephone": null,
            "state": "active", "staff": false, "password_change_required": false, "unread_messages": 1, "enterprise": null,
            "created_at": EARLIER, "updated_at": LATER
        }),
        "MePatch" => {
            json!({ "email": "zhang.san@example.com", "postcode": "710018", "telephone": null })
        }
        "PhoneChange" => json!({ "phone": "+86 139-1234-5678", "sms_code": "135790" }),
        "PasswordChange" => {
            json!({ "current_password": "correct horse battery", "password": "staple to the wall" })
        }
        "Activation" => json!({
            "username": "zhang.san", "phone": "13812345678", "sms_code": "135790", "password": "correct horse battery"
        }),
        "CardChallengeRequest" => json!({ "purpose": "login" }),
        "CardChallenge" => json!({
            "challenge_id": ID, "nonce": NONCE, "expires_at": LATER,
            "text": format!("eport-id/card/v1\norigin: https://id.example.cn\npurpose: login\nnonce: {NONCE}"),
        }),
        "CardBinding" => json!({
            "card_number": "8930000104271", "challenge_id": ID, "certificate": "MIICzTCCAnKgAwIBAgIQ", "signature": "MEUCIQDxTrc", "algorithm": "SM2"
        }),
        "Card" => json!({
            "card_number": "8930000104271", "card_class": "legal_person", "enterprise_name": "西安示例贸易有限公司",
            "not_before": "2025-01-01T00:00:00Z", "not_after": "2030-01-01T00:00:00Z", "bound_at": EARLIER, "last_used_at": LATER
        }),
        "List<Operator>" => json!({ "items": [operator()], "next_cursor": null }),
        "Operator" => operator(),
        "OperatorRequest" => json!({
            "username": "li.lei", "name": "李雷", "id_type": "resident_id", "id_number": "11010519491231002X", "phone": "13812345678",
            "card_number": "8930000104271", "department": "报关部"
        }),
        "OperatorPatch" => json!({ "phone": "13912345678", "department": "单证部", "card_number": null }),
        "List<Invitation>" => json!({
            "items": [{
                "id": ID, "enterprise_id": OTHER_ID, "enterprise_name": "西安示例贸易有限公司", "uscc": "913300007458363392", "verified": true,
                "created_at": EARLIER, "expires_at": "2026-12-22T01:20:00Z"
            }],
            "next_cursor": null
        }),
        "List<Qualification>" => json!({ "items": [qualification()], "next_cursor": null }),
        "Qualification" => qualification(),
        "QualificationRequest" => json!({
            "department": "西安海关", "kind": "customs_registration", "number": "6101960ABC", "valid_from": "2024-07-01", "valid_to": "2027-06-30",
            "notes": "报关企业"
        }),
        "QualificationPatch" => json!({ "valid_to": "2030-06-30", "notes": null }),
        "List<QualificationKindItem>" => json!({
            "items": [{ "code": "customs_registration", "name": "海关注册编码", "department": "海关" }], "next_cursor": null
        }),
        "ReminderSettings" => reminder_settings(true),
        "ReminderSettingsRequest" => reminder_settings(false),
        "RemindersRun" => json!({ "examined": 1200, "sent": 37, "sms_sent": 4, "sms_failed": 0, "complete": true }),
        "List<Application>" => json!({
            "items": [{ "code": "goods_declaration", "name": named("货物申报", "Goods declaration"), "open": false, "actions": [action()] }],
            "next_cursor": null
        }),
        "Entitlements" | "EntitlementsUpdate" => json!({ "entitlements": permitted() }),
        "Grants" | "GrantsUpdate" => json!({ "grants": permitted() }),
        "MyGrants" => json!({ "role": "operator", "limited": null, "grants": permitted() }),
        "List<MemberGrants>" => json!({
            "items": [{
                "account_id": ID, "name": "张三", "username": "zhang.san", "role": "operator", "state": "active", "version": 3, "grants": permitted()
            }],
            "next_cursor": null
        }),
        "CheckRequest" => json!({ "checks": [{ "application": "goods_declaration", "action": "submit" }] }),
        "CheckResults" => json!({ "results": [{ "allowed": true, "reason": "granted" }] }),
        "CheckResult" => json!({ "allowed": true, "reason": "granted" }),
        "ApplicationCreate" => json!({
            "code": "goods_declaration", "name": named("货物申报", "Goods declaration"), "open": false, "actions": [action()], "reason": "新系统上线"
        }),
        "ApplicationPatch" => json!({ "open": true, "reason": "试点期间开放" }),
        "PlatformApplication" => platform_application(),
        "List<PlatformApplication>" => json!({ "items": [platform_application()], "next_cursor": null }),
        "AuditEntry" => audit_entry(),
        "StaffDecision" => json!({ "reason": "营业执照核对无误" }),
        "AdministratorDecision" => json!({ "account_id": ID, "reason": "原管理员已离职，凭企业公函办理" }),
        "StaffCardBinding" => json!({
            "card_number": "8930000104271", "card_class": "operator", "certificate": "MIICzTCCAnKgAwIBAgIQ", "reason": "本人到窗口办理"
        }),
        "List<PlatformEnterprise>" => json!({ "items": [platform_enterprise()], "next_cursor": null }),
        "PlatformEnterprise" => platform_enterprise(),
        "List<PlatformMember>" => json!({ "items": [platform_member()], "next_cursor": null }),
        "List<RegistryImport>" => json!({ "items": [registry_import(json!([]))], "next_cursor": null }),
        "RegistryImport" => registry_import(json!([{
            "line": 7, "field": "uscc", "code": "uscc.check_character", "detail": "第 18 位校验码与前 17 位不符，多半是有一位输错了。"
        }])),
        "SealRequest" => json!({
            "name": "西安示例贸易有限公司", "kind": "official", "shape": "round", "image": "iVBORw0KGgoAAAANSUhEUg",
            "challenge_id": ID, "certificate": "MIICzTCCAnKgAwIBAgIQ", "signature": "MEUCIQDxTrc", "algorithm": "SM2"
        }),
        "SealPatch" => json!({
            "name": "西安示例贸易有限公司（合同）", "kind": "contract",
            "challenge_id": ID, "certificate": "MIICzTCCAnKgAwIBAgIQ", "signature": "MEUCIQDxTrc", "algorithm": "SM2"
        }),
        "SealCheck" => json!({
            "name": "西安示例贸易有限公司", "kind": "official", "shape": "round", "image": "iVBORw0KGgoAAAANSUhEUg"
        }),
        "SealDraft" => json!({
            "text": format!("eport-id/seal/v1\nseal: new\nname: 西安示例贸易有限公司\nkind: official\nshape: round\nimage: {SHA256}"),
            "digest": SHA256, "image_sha256": SHA256, "width_mm": 40, "height_mm": 40, "resolution_dpi": 600, "colour": "red"
        }),
        "List<Seal>" => json!({ "items": [seal()], "next_cursor": null }),
        "Seal" => seal(),
        "SignatureRequest" => json!({ "name": "手写签名", "image": "iVBORw0KGgoAAAANSUhEUg" }),
        "List<SignatureImage>" => json!({ "items": [signature_image()], "next_cursor": null }),
        "SignatureImage" => signature_image(),
        "List<TrustCertificate>" => json!({ "items": [trust_certificate()], "next_cursor": null }),
        "TrustCertificate" => trust_certificate(),
        "List<RevocationList>" => json!({ "items": [revocation_list()], "next_cursor": null }),
        "RevocationList" => revocation_list(),
        "TrustCertificateUpload" => {
            json!({ "kind": "anchor", "certificate": "MIICzTCCAnKgAwIBAgIQ", "reason": "新增发证机构" })
        }
        "TrustUpload" => json!({ "list": "MIICzTCCAnKgAwIBAgIQ", "reason": "每日更新" }),
        "List<Message>" => json!({
            "items": [{
                "id": ID, "kind": "password.changed", "title": "密码已修改", "body": "您的密码已于 2026-11-22 09:20 修改。",
                "created_at": EARLIER, "read_at": null, "action": null
            }],
            "next_cursor": OTHER_ID
        }),
        "List<PlatformAccount>" => json!({ "items": [platform_account()], "next_cursor": null }),
        "PlatformAccount" => platform_account(),
        "LockRequest" | "RevealRequest" => json!({ "reason": "本人来电要求" }),
        "Revealed" => json!({
            "id_type": "resident_id", "id_number": "11010519491231002X", "phone": "+8613812345678", "email": "zhang.san@example.com", "address": null
        }),
        "List<AuditEntry>" => json!({
            "items": [{
                "id": OTHER_ID, "at": EARLIER, "actor_id": ID, "actor_kind": "account", "session_id": OTHER_ID, "address": "203.0.113.7",
                "device": "Mozilla/5.0", "amr": ["pwd"], "enterprise_id": null, "action": "update_me", "target_type": "account", "target_id": ID,
                "before": { "postcode": null }, "after": { "postcode": "710018" }, "result": "ok", "code": null, "refusal": null,
                "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
            }],
            "next_cursor": null
        }),
        "RegistryEnterprise" => json!({
            "uscc": "913300007458363392", "name": "杭州示例进出口有限公司", "registered_address": "杭州市上城区示例路 1 号",
            "business_scope": "货物进出口；国际货运代理", "legal_person_name": "王五", "source": "local", "cached": false, "as_of": EARLIER
        }),
        "AssociationRequest" => json!({
            "role": "admin", "uscc": "913300007458363392",
            "enterprise": {
                "name": "杭州示例进出口有限公司", "registered_address": "杭州市上城区示例路 1 号", "business_scope": "货物进出口；国际货运代理"
            }
        }),
        "Association" => association(),
        "List<Association>" => json!({ "items": [association()], "next_cursor": null }),
        "AssociationRejection" => json!({ "reason": "不是本企业员工" }),
        "Enterprise" => json!({
            "id": OTHER_ID, "uscc": "913300007458363392", "organisation_code": "745836339", "name": "杭州示例进出口有限公司",
            "registered_address": "杭州市上城区示例路 1 号", "business_scope": "货物进出口；国际货运代理", "legal_person_name": "王五",
            "state": "verified", "verified_by": "card", "verified_at": LATER, "role": "admin",
            "administrator": { "account_id": ID, "name": "张三", "verified": true, "verified_by": "card" },
            "contact_name": "李四", "telephone": "0571-8888 6666", "email": "office@example.com", "address": null, "postcode": "310000",
            "version": 3, "created_at": EARLIER, "updated_at": LATER
        }),
        "EnterprisePatch" => json!({ "contact_name": "李四", "telephone": "0571-8888 6666", "address": null }),
        "SyncRequest" => json!({ "dry_run": true }),
        "SyncResult" => json!({
            "changes": [{ "field": "registered_address", "old": "杭州市上城区示例路 1 号", "new": "杭州市上城区示例路 2 号" }],
            "applied": false, "source": "local", "as_of": EARLIER
        }),
        "AdminTransferRequest" => json!({ "account_id": ID }),
        "List<EnterpriseAuditEntry>" => json!({
            "items": [{
                "id": OTHER_ID, "at": EARLIER, "actor_kind": "account", "actor_id": ID, "actor_name": "张三", "address": "203.0.113.7",
                "device": "Mozilla/5.0", "amr": ["pwd"], "action": "enterprise.updated", "target_type": "enterprise", "target_id": OTHER_ID,
                "before": { "postcode": null }, "after": { "postcode": "310000" }, "result": "ok", "code": null, "refusal": null
            }],
            "next_cursor": null
        }),
        _ => return None,
    })
}

fn association() -> Value {
    json!({
        "id": ID, "role": "operator", "status": "pending",
        "enterprise": {
            "id": OTHER_ID, "uscc": "913300007458363392", "organisation_code": "745836339", "name": "杭州示例进出口有限公司", "verified": true
        },
        "applicant": {
            "account_id": ID, "username": "li.si", "name": "李四", "id_type": "resident_id", "id_number": "1101**********002X", "phone": "138****5678"
        },
        "reason": null, "created_at": EARLIER, "decided_at": null
    })
}

fn trust_certificate() -> Value {
    json!({
        "id": ID, "kind": "anchor", "subject": "O=中国电子口岸, CN=中国电子业务证书管理中心", "issuer": "O=中国电子口岸, CN=中国电子业务证书管理中心",
        "serial": "5a3c", "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "not_before": "2020-01-01T00:00:00Z", "not_after": "2040-01-01T00:00:00Z", "created_at": EARLIER
    })
}

fn revocation_list() -> Value {
    json!({
        "id": ID, "issuer": "O=中国电子口岸, CN=中国电子业务证书管理中心", "number": "42", "revoked": 7,
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "this_update": EARLIER, "next_update": LATER,
        "created_at": EARLIER
    })
}

fn platform_account() -> Value {
    json!({
        "id": ID, "username": "zhang.san", "name": "张三", "id_type": "resident_id", "id_number": "1101**********002X", "phone": "138****5678",
        "state": "locked", "staff": false, "locked": { "reason": "本人来电要求", "at": LATER }, "created_at": EARLIER, "last_login_at": EARLIER
    })
}

/// The field that an example of a field's refusal names.
pub(super) fn field_of(code: &str) -> Option<String> {
    let (area, what) = code.split_once('.')?;
    let field = match (area, what) {
        ("text" | "audit", _) => "reason",
        (
            "password",
            "too_short" | "too_long" | "same_as_username" | "too_common" | "control_characters" | "unchanged",
        ) => area,
        ("card", "purpose_unknown") => "purpose",
        ("enterprise_name", _) => "enterprise.name",
        ("business_scope", _) => "enterprise.business_scope",
        ("association", "enterprise_required") => "enterprise",
        ("qualification_kind", _) => "kind",
        ("date", _) => "valid_to",
        ("application", "unknown") => "entitlements[0].application",
        ("action", "unknown") => "entitlements[0].actions[0]",
        ("grant", "exceeds_entitlement") => "grants[0].actions[0]",
        ("check", "too_many") => "checks",
        ("application", "code_format") => "code",
        ("application", "actions") => "actions",
        ("account_id", _) => "account_id",
        ("card_class", _) => "card_class",
        ("seal_name", _) => "name",
        ("seal_kind", _) => "kind",
        ("card", "encoding") => "certificate",
        (
            "shape" | "image" | "card_number" | "digest" | "kind" | "phone" | "id_type" | "id_number" | "username"
            | "name" | "email" | "address" | "postcode" | "telephone" | "sms_code" | "purpose" | "method" | "limit"
            | "cursor" | "uscc" | "role" | "department" | "number" | "valid_to" | "channels" | "lead_days" | "language",
            _,
        ) => area,
        _ => return None,
    };
    Some(field.to_owned())
}

fn operator() -> Value {
    json!({
        "id": ID, "username": "li.lei", "name": "李雷", "id_type": "resident_id", "id_number": "1101**********002X", "phone": "138****5678",
        "status": "inactive", "has_card": true, "card_bound": false, "card_number": "8930000104271", "department": "报关部",
        "identity_editable": true, "initial_password_sent_at": EARLIER, "initial_password_expires_at": "2026-11-25T01:20:00Z",
        "last_login_at": null, "created_at": EARLIER, "updated_at": EARLIER
    })
}

fn qualification() -> Value {
    json!({
        "id": ID, "department": "西安海关", "kind": "customs_registration", "kind_name": "海关注册编码", "number": "6101960ABC",
        "valid_from": "2024-07-01", "valid_to": "2027-06-30", "notes": "报关企业", "state": "valid", "created_at": EARLIER, "updated_at": EARLIER
    })
}

fn reminder_settings(kept: bool) -> Value {
    let inbox = json!({ "channels": ["inbox"] });
    let mut settings = json!({
        "language": "zh-CN",
        "qualification_expiring": { "channels": ["inbox", "sms"], "lead_days": [30, 7, 1] },
        "card_expiring": { "channels": ["inbox"], "lead_days": [30, 7, 1] },
        "association_waiting": inbox, "association_decided": inbox, "permissions_changed": inbox, "new_device": inbox,
        "password_changed": { "channels": ["inbox", "sms"] }, "seal_changed": inbox
    });
    if let (true, Some(settings)) = (kept, settings.as_object_mut()) {
        settings.insert("updated_at".to_owned(), json!(EARLIER));
    }
    settings
}

fn named(zh: &str, en: &str) -> Value {
    json!({ "zh": zh, "en": en })
}

fn action() -> Value {
    json!({ "code": "submit", "name": named("申报", "Submit") })
}

fn permitted() -> Value {
    json!([{ "application": "goods_declaration", "actions": ["submit", "view"] }])
}

fn platform_application() -> Value {
    json!({
        "id": ID, "code": "goods_declaration", "name": named("货物申报", "Goods declaration"), "open": false, "position": 10,
        "actions": [action()], "created_at": EARLIER, "updated_at": LATER
    })
}

fn seal() -> Value {
    json!({
        "id": ID, "name": "西安示例贸易有限公司", "kind": "official", "shape": "round", "state": "authorized", "default": true, "colour": "red",
        "width_mm": 40, "height_mm": 40, "resolution_dpi": 600, "image_sha256": SHA256, "es_id": "019AA9A57A317C449B024C1F0A6D3E52",
        "valid_from": EARLIER, "valid_until": "2030-01-01T00:00:00Z", "signed_by": "张三", "signed_at": EARLIER,
        "created_at": EARLIER, "updated_at": LATER
    })
}

fn signature_image() -> Value {
    json!({
        "id": ID, "name": "手写签名", "state": "authorized", "default": true, "width_mm": 30, "height_mm": 15,
        "created_at": EARLIER, "updated_at": LATER
    })
}

fn audit_entry() -> Value {
    json!({
        "id": OTHER_ID, "at": EARLIER, "actor_id": ID, "actor_kind": "account", "session_id": OTHER_ID, "address": "203.0.113.7",
        "device": "Mozilla/5.0", "amr": ["pwd"], "enterprise_id": null, "action": "update_me", "target_type": "account", "target_id": ID,
        "before": { "postcode": null }, "after": { "postcode": "710018" }, "result": "ok", "code": null, "refusal": null,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"
    })
}

fn platform_member() -> Value {
    json!({
        "account_id": ID, "username": "zhang.san", "name": "张三", "phone": "138****5678", "role": "admin", "state": "active",
        "verified_by": null, "joined_at": EARLIER
    })
}

fn platform_enterprise() -> Value {
    json!({
        "id": OTHER_ID, "uscc": "913300007458363392", "organisation_code": "745836339", "name": "杭州示例进出口有限公司",
        "registered_address": "杭州市上城区", "business_scope": "信息服务", "legal_person_name": null, "state": "unverified",
        "verified_by": null, "verified_at": null, "administrator": platform_member(), "refused": null,
        "registry": {
            "name": "杭州示例进出口有限公司", "registered_address": "杭州市上城区", "business_scope": "信息服务", "legal_person_name": "张三"
        },
        "created_at": EARLIER, "updated_at": EARLIER
    })
}

fn registry_import(errors: Value) -> Value {
    json!({
        "id": ID, "state": "done", "dry_run": false, "source": "platform", "account_id": OTHER_ID, "lines": 1001, "rows": 1000,
        "added": 900, "changed": 9, "unchanged": 90, "refused": 1, "errors": errors, "created_at": EARLIER, "updated_at": LATER
    })
}
