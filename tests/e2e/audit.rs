//! J19: the audit.

use eport_schema::wire::{AuditEntry, List, PlatformAccount};
use eport_tests::people::password;
use eport_tests::{Member, On, Person, Site, on_both};
use serde_json::json;

on_both![
    every_change_is_kept_with_who_when_where_and_how,
    refused_attempts_are_kept_with_their_code,
    what_staff_do_is_kept_with_its_reason,
    no_secret_and_no_whole_number_is_in_the_audit,
    the_audit_is_filtered_and_paged,
    the_chains_hold_and_a_changed_row_shows,
];

fn audit(site: &Site, staff: &Member, query: &str) -> Vec<AuditEntry> {
    let path = format!("/v1/platform/audit?limit=100{query}");
    site.get(&path).token(&staff.token).send().ok::<List<AuditEntry>>(200).items
}

fn actions(entries: &[AuditEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.action.as_str()).collect()
}

fn every_change_is_kept_with_who_when_where_and_how(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    let account = member.account.to_string();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    site.patch("/v1/me")
        .token(&member.token)
        .header("user-agent", "Office/1.0")
        .header("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"))
        .json(&json!({ "email": "li.lei@example.cn" }))
        .send()
        .ok::<eport_schema::wire::Me>(200);
    site.delete("/v1/sessions/current").token(&member.token).send().done();

    let entries = audit(&site, &staff, &format!("&actor_id={account}"));
    assert_eq!(
        actions(&entries),
        ["session.ended", "account.updated", "session.opened", "registration.completed", "registration.started"]
    );
    let updated = &entries[1];
    assert_eq!(updated.actor_kind, "account");
    assert_eq!(updated.actor_id, Some(member.account));
    assert_eq!(
        (updated.target_type.as_deref(), updated.target_id.as_deref()),
        (Some("account"), Some(account.as_str()))
    );
    assert!(updated.session_id.is_some());
    assert_eq!(updated.amr, ["pwd"]);
    assert_eq!(updated.address.as_deref(), Some("127.0.0.1"));
    assert_eq!(updated.device.as_deref(), Some("Office/1.0"));
    assert_eq!((updated.result.as_str(), updated.code.as_deref()), ("ok", None));
    assert_eq!(updated.trace_id.as_deref(), Some(trace));
    assert_eq!(updated.before.as_ref().unwrap()["email"], json!(null));
    assert!(updated.after.as_ref().unwrap()["email"].is_string());
    assert!(entries.windows(2).all(|pair| pair[0].at >= pair[1].at));
}

fn refused_attempts_are_kept_with_their_code(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    site.try_password(&member.person.username, "wrong password").refused(401, "session.credentials_wrong");
    site.get("/v1/platform/accounts").token(&member.token).send().refused(403, "staff.required");
    let second = Person { id_number: member.person.id_number.clone(), ..Person::new() };
    let code = site.code(&second.phone, "register");
    site.send_registration(&second, &code).refused(409, "registration.id_number_taken");

    let entries = audit(&site, &staff, "&result=refused");
    let found: Vec<_> = entries.iter().map(|entry| (entry.action.as_str(), entry.code.as_deref().unwrap())).collect();
    assert_eq!(
        found,
        [
            ("register", "registration.id_number_taken"),
            ("list_accounts", "staff.required"),
            ("create_session", "session.credentials_wrong"),
        ]
    );
    assert_eq!(entries[1].actor_id, Some(member.account));
    assert_eq!((entries[2].actor_kind.as_str(), entries[2].actor_id), ("anonymous", None));
    // Whose password was tried is known.
    assert_eq!(entries[2].target_id, Some(member.account.to_string()));
}

fn what_staff_do_is_kept_with_its_reason(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    for (action, reason) in [("lock", "checking"), ("unlock", "checked"), ("reveal", "court order")] {
        let path = format!("/v1/platform/accounts/{}/{action}", member.account);
        assert_eq!(site.post(&path).token(&staff.token).json(&json!({ "reason": reason })).send().status, 200);
    }
    let entries = audit(&site, &staff, &format!("&actor_id={}&target_id={}", staff.account, member.account));
    assert_eq!(actions(&entries), ["account.revealed", "account.unlocked", "account.locked"]);
    for (entry, reason) in entries.iter().zip(["court order", "checked", "checking"]) {
        assert_eq!(entry.actor_kind, "staff");
        assert_eq!(entry.after.as_ref().unwrap()["reason"], reason);
    }
    let made = audit(&site, &staff, &format!("&target_id={}", staff.account));
    assert_eq!(made.last().unwrap().actor_kind, "system", "the command line is in it, too");
}

fn no_secret_and_no_whole_number_is_in_the_audit(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    let new = password();
    let contact = json!({ "email": "li.lei@example.cn", "address": "西安市雁塔区科技路", "telephone": "029-88886666" });
    site.patch("/v1/me").token(&member.token).json(&contact).send().ok::<eport_schema::wire::Me>(200);
    let body = json!({ "current_password": member.person.password, "password": new });
    site.put("/v1/me/password").token(&member.token).json(&body).send().done();
    let path = format!("/v1/platform/accounts/{}/reveal", member.account);
    site.post(&path).token(&staff.token).json(&json!({ "reason": "court order" })).send();

    let entries = audit(&site, &staff, "");
    let text = serde_json::to_string(&entries).unwrap();
    let person = &member.person;
    for secret in [
        &person.phone,
        &person.id_number,
        &person.password,
        &new,
        &member.token,
        &member.refresh_token,
        "li.lei@example.cn",
        "科技路",
        "88886666",
        &staff.person.phone,
        &staff.person.password,
    ] {
        assert!(!text.contains(secret), "{secret} is in the audit");
    }
    assert!(text.contains(&person.masked_phone()) && text.contains(&person.masked_id_number()));
}

fn the_audit_is_filtered_and_paged(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let (one, other) = (site.join(), site.join());
    let all = audit(&site, &staff, "");
    let opened = audit(&site, &staff, "&action=session.opened");
    assert!(opened.len() >= 3 && opened.iter().all(|entry| entry.action == "session.opened"));
    let ones = audit(&site, &staff, &format!("&actor_id={}&action=session.opened", one.account));
    assert_eq!(ones.len(), 1);
    assert_ne!(Some(other.account), ones[0].actor_id);

    let middle = all[all.len() / 2].at.to_rfc3339();
    let (from, to) = (audit(&site, &staff, &format!("&from={middle}")), audit(&site, &staff, &format!("&to={middle}")));
    assert_eq!(from.len() + to.len(), all.len());
    assert!(!from.is_empty() && !to.is_empty());

    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/platform/audit?limit=2{cursor}");
        let page: List<AuditEntry> = site.get(&path).token(&staff.token).send().ok(200);
        paged.extend(page.items);
        let Some(next) = page.next_cursor else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, all);
}

fn the_chains_hold_and_a_changed_row_shows(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    let path = format!("/v1/platform/accounts/{}/lock", member.account);
    site.post(&path).token(&staff.token).json(&json!({ "reason": "checking" })).send().ok::<PlatformAccount>(200);
    site.administer(&["audit", "verify"]);

    site.sql("UPDATE audit SET after = '{\"reason\":\"none\"}' WHERE action = 'account.locked'");
    let place = site.place();
    let mut arguments = vec!["audit", "verify"];
    arguments.extend(place.iter().map(String::as_str));
    let output = site.run(&arguments);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("the audit is broken"), "{output:?}");
}
