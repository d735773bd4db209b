//! One example of each body.

use serde_json::{Value, json};

const ID: &str = "019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11";
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
                "device": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0", "address": "203.0.113.7",
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
                "created_at": EARLIER, "read_at": null
            }],
            "next_cursor": OTHER_ID
        }),
        "List<PlatformAccount>" => json!({ "items": [platform_account()], "next_cursor": null }),
        "PlatformAccount" => platform_account(),
        "LockRequest" | "RevealRequest" => json!({ "reason": "本人来电要求" }),
        "Revealed" => json!({
            "id_type": "resident_id", "id_number": "11010519491231002X", "phone": "+8613812345678", "email": "zhang.san@example.com", "address": null
        }),
        "List<AuditEntry>" => json!({ "items": [audit_entry()], "next_cursor": null }),
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
        _ => return None,
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

fn audit_entry() -> Value {
    json!({
        "id": OTHER_ID, "at": EARLIER, "actor_id": ID, "actor_kind": "account", "session_id": OTHER_ID, "address": "203.0.113.7",
        "device": "Mozilla/5.0", "amr": ["pwd"], "enterprise_id": null, "action": "update_me", "target_type": "account", "target_id": ID,
        "before": { "postcode": null }, "after": { "postcode": "710018" }, "result": "ok", "code": null,
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
        ("account_id", _) => "account_id",
        ("card_class", _) => "card_class",
        ("card", "purpose_unknown") => "purpose",
        ("card", "encoding") => "certificate",
        (
            "card_number" | "digest" | "kind" | "phone" | "id_type" | "id_number" | "username" | "name" | "email"
            | "address" | "postcode" | "telephone" | "sms_code" | "purpose" | "method" | "limit" | "cursor",
            _,
        ) => area,
        _ => return None,
    };
    Some(field.to_owned())
}
