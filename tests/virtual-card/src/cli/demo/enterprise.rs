//! The enterprise of the demonstration, what belongs to it, and its neighbours in the registry.
#![allow(clippy::indexing_slicing, reason = "a JSON value gives null for a name that it hasn't")]

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::people::Person;
use crate::cli::service::Service;

/// 杭州示例进出口有限公司, which the cards are of.
pub const USCC: &str = "913300007458363392";
/// 宁波示例货运代理有限公司.
pub const CLAIMED_USCC: &str = "913301001020304038";

/// Two that are at work here, and two that nobody has joined: to be looked up.
const REGISTRY: &str = "\
uscc,name,registered_address,business_scope,legal_person_name
913300007458363392,杭州示例进出口有限公司,杭州市上城区望江路 1 号,货物进出口；技术进出口；报关业务,张三
913301001020304038,宁波示例货运代理有限公司,宁波市北仑区明州路 100 号,国际货物运输代理；仓储服务,孙七
91330100203040504A,义乌示例电子商务有限公司,义乌市福田街道商城大道 8 号,跨境电子商务；日用百货销售,周明
91330100304050605C,温州示例鞋业有限公司,温州市鹿城区双屿街道 66 号,鞋类制造；货物进出口,吴芳
";

/// Taken in once; staff see it in the list of imports.
pub fn registry(staff: &Service) -> Result<()> {
    let path = "/v1/platform/registry/import";
    if staff.done("GET", &format!("{path}s?limit=1"), None)?.items().is_empty() {
        let taken = staff.send_as("POST", path, Some("text/csv"), REGISTRY.to_owned(), None)?;
        staff.must(path, taken)?;
    }
    Ok(())
}

/// Three, one of which ends in three weeks.
pub fn qualifications(administrator: &Service) -> Result<()> {
    let path = "/v1/enterprise/qualifications";
    if !administrator.done("GET", path, None)?.items().is_empty() {
        return Ok(());
    }
    let today = OffsetDateTime::now_utc().date();
    let day = |days: i64| Value::from((today + Duration::days(days)).to_string());
    for (department, kind, number, from, to) in [
        ("杭州海关", "customs_registration", "3301961234", day(-700), Value::Null),
        ("浙江省商务厅", "trade_licence", "33-2026-0042", day(-340), day(20)),
        ("国家税务总局浙江省税务局", "tax_rebate", "TS33010020260017", day(-200), day(900)),
    ] {
        let body =
            json!({ "department": department, "kind": kind, "number": number, "valid_from": from, "valid_to": to });
        administrator.done("POST", path, Some(&body))?;
    }
    Ok(())
}

/// Which applications it uses.
pub fn entitlements(administrator: &Service) -> Result<()> {
    let path = "/v1/enterprise/entitlements";
    let present = administrator.done("GET", path, None)?;
    if present.body["entitlements"].as_array().is_some_and(|all| !all.is_empty()) {
        return Ok(());
    }
    let wanted = json!({ "entitlements": [
        { "application": "goods_declaration", "actions": ["view", "create", "edit", "submit", "approve", "print"] },
        { "application": "manifest", "actions": ["view", "create", "submit"] },
        { "application": "tax_payment", "actions": ["view", "pay"] },
        { "application": "query_statistics", "actions": ["view", "export"] },
    ] });
    let set = administrator.send("PUT", path, Some(&wanted), present.tag().as_deref())?;
    administrator.must(path, set)?;
    Ok(())
}

/// Asks to join, once.
pub fn join(person: &Service, role: &str, uscc: &str) -> Result<()> {
    let path = "/v1/associations";
    if person.done("GET", &format!("{path}?mine=true"), None)?.items().is_empty() {
        person.done("POST", path, Some(&json!({ "role": role, "uscc": uscc })))?;
    }
    Ok(())
}

/// Lets somebody in who has asked; nothing where they don't wait.
pub fn let_in(administrator: &Service, person: &Person) -> Result<()> {
    let waiting = administrator.done("GET", "/v1/associations?status=pending&limit=100", None)?;
    let theirs = waiting.items().iter().find(|asked| asked["applicant"]["username"] == person.username);
    if let Some(asked) = theirs {
        let id = asked["id"].as_str().context("the request's id")?;
        administrator.done("POST", &format!("/v1/associations/{id}/approve"), None)?;
    }
    Ok(())
}

/// What these operators may do, as long as they may do nothing.
pub fn grants(administrator: &Service, usernames: &[&str]) -> Result<()> {
    let members = administrator.done("GET", "/v1/operators?limit=100", None)?;
    for operator in members.items() {
        let Some(username) = operator["username"].as_str().filter(|name| usernames.contains(name)) else { continue };
        let path = format!("/v1/operators/{}/grants", operator["id"].as_str().context("the operator's id")?);
        let present = administrator.done("GET", &path, None)?;
        if present.body["grants"].as_array().is_some_and(|all| !all.is_empty()) {
            continue;
        }
        let mut wanted = vec![json!({ "application": "goods_declaration", "actions": ["view", "create", "edit"] })];
        if Some(&username) == usernames.first() {
            wanted.push(json!({ "application": "tax_payment", "actions": ["view", "pay"] }));
        }
        let set = administrator.send("PUT", &path, Some(&json!({ "grants": wanted })), present.tag().as_deref())?;
        administrator.must(&path, set)?;
    }
    Ok(())
}
