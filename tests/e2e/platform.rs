//! J18: what the platform's staff do.

use eport_schema::wire::{AccountState, List, Message, PlatformAccount, Revealed, SessionCreated};
use eport_tests::people::{id_number, phone, username};
use eport_tests::{Member, On, Person, Reply, Site, on_both};
use serde_json::json;
use uuid::Uuid;

on_both![
    staff_are_made_on_the_command_line_and_change_the_first_password_before_anything_else,
    staff_find_an_account_by_phone_id_number_name_and_the_beginning_of_a_username,
    staff_see_id_number_and_phone_masked,
    a_locked_account_can_do_nothing,
    an_unlocked_account_works_again_and_is_told,
    unlocking_lifts_the_lock_of_wrong_passwords,
    locking_and_revealing_need_a_reason,
    what_is_masked_is_revealed_with_a_reason,
    staff_cannot_lock_staff_over_http,
    accounts_come_in_pages_and_by_state,
    an_account_that_does_not_exist_is_not_found,
];

fn act(site: &Site, staff: &Member, account: Uuid, action: &str, reason: &str) -> Reply {
    let path = format!("/v1/platform/accounts/{account}/{action}");
    site.post(&path).token(&staff.token).json(&json!({ "reason": reason })).send()
}

fn find(site: &Site, staff: &Member, query: &str) -> Vec<Uuid> {
    let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let path = format!("/v1/platform/accounts?query={query}");
    let list: List<PlatformAccount> = site.get(&path).token(&staff.token).send().ok(200);
    list.items.into_iter().map(|account| account.id).collect()
}

fn staff_are_made_on_the_command_line_and_change_the_first_password_before_anything_else(on: On) {
    let site = Site::new(on);
    let person = site.add_staff();
    let session = site.log_in(&person);
    assert!(session.account.staff && session.account.password_change_required);
    let token = &session.access_token;
    for path in ["/v1/platform/accounts", "/v1/platform/audit", "/v1/messages", "/v1/me/sessions"] {
        site.get(path).token(token).send().refused(403, "password.change_required");
    }
    site.patch("/v1/me").token(token).json(&json!({})).send().refused(403, "password.change_required");
    assert!(site.me(token).password_change_required);

    let body = json!({ "current_password": person.password, "password": eport_tests::people::password() });
    site.put("/v1/me/password").token(token).json(&body).send().done();
    assert!(!site.me(token).password_change_required);
    site.get("/v1/platform/accounts").token(token).send().ok::<List<PlatformAccount>>(200);
    site.try_password(&person.username, &person.password).refused(401, "session.credentials_wrong");
}

fn staff_find_an_account_by_phone_id_number_name_and_the_beginning_of_a_username(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    site.join();
    let person = &member.person;
    let spaced = format!("+86 {} {}", &person.phone[..3], &person.phone[3..]);
    for query in [&person.phone, &spaced, &person.id_number, &person.username, &person.username[..6]] {
        assert_eq!(find(&site, &staff, query), [member.account], "{query}");
    }
    assert!(find(&site, &staff, &person.name).contains(&member.account));
    for query in
        [phone(), id_number(), username(), "' OR 1=1 --".to_owned(), "%".to_owned(), person.phone[..7].to_owned()]
    {
        assert!(find(&site, &staff, &query).is_empty(), "{query}");
    }
}

fn staff_see_id_number_and_phone_masked(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    let path = format!("/v1/platform/accounts/{}", member.account);
    let reply = site.get(&path).token(&staff.token).send();
    assert!(!reply.text().contains(&member.person.phone) && !reply.text().contains(&member.person.id_number));
    let account: PlatformAccount = reply.ok(200);
    assert_eq!(account.username, Some(member.person.username.clone()));
    assert_eq!(account.name, member.person.name);
    assert_eq!(account.phone, Some(member.person.masked_phone()));
    assert_eq!(account.id_number, Some(member.person.masked_id_number()));
    assert_eq!(account.state, AccountState::Active);
    assert!(!account.staff && account.locked.is_none() && account.last_login_at.is_some());
}

fn a_locked_account_can_do_nothing(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    let account: PlatformAccount = act(&site, &staff, member.account, "lock", "举报属实，停用").ok(200);
    assert_eq!(account.state, AccountState::Locked);
    assert_eq!(account.locked.unwrap().reason, "举报属实，停用");

    site.get("/v1/me").token(&member.token).send().refused(401, "session.ended");
    site.refresh(&member.refresh_token).refused(401, "session.ended");
    site.try_password(&member.person.username, &member.person.password).refused(403, "account.locked");
    let code = site.code(&member.person.phone, "login");
    site.try_code(&member.person.phone, &code).refused(403, "account.locked");
    // Who doesn't know the password doesn't learn that it is locked.
    site.try_password(&member.person.username, "wrong password").refused(401, "session.credentials_wrong");
    let code = site.code(&member.person.phone, "reset_password");
    let body = json!({
        "phone": member.person.phone, "sms_code": code, "id_number": member.person.id_number, "password": "quite another 1"
    });
    site.post("/v1/password-resets").json(&body).send().refused(403, "account.locked");
    // Locked twice stays locked as it was.
    let again: PlatformAccount = act(&site, &staff, member.account, "lock", "another reason").ok(200);
    assert_eq!(again.locked.unwrap().reason, "举报属实，停用");
}

fn an_unlocked_account_works_again_and_is_told(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    act(&site, &staff, member.account, "lock", "checking").ok::<PlatformAccount>(200);
    let account: PlatformAccount = act(&site, &staff, member.account, "unlock", "checked").ok(200);
    assert_eq!((account.state, account.locked), (AccountState::Active, None));
    site.get("/v1/me").token(&member.token).send().refused(401, "session.ended");
    let session = site.log_in(&member.person);
    let messages: List<Message> = site.get("/v1/messages").token(&session.access_token).send().ok(200);
    assert_eq!(messages.items[0].kind, "account_unlocked");
}

fn unlocking_lifts_the_lock_of_wrong_passwords(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let person = Person::new();
    let account = site.register(&person);
    for _ in 0..5 {
        site.try_password(&person.username, "wrong password").refused(401, "session.credentials_wrong");
    }
    site.try_password(&person.username, &person.password).refused(429, "session.locked");
    act(&site, &staff, account, "unlock", "identified by telephone").ok::<PlatformAccount>(200);
    site.log_in(&person);
}

fn locking_and_revealing_need_a_reason(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    for action in ["lock", "unlock", "reveal"] {
        for empty in ["", "   ", "\u{3000}"] {
            act(&site, &staff, member.account, action, empty).refused_field(422, "reason", "audit.reason_required");
        }
        let path = format!("/v1/platform/accounts/{}/{action}", member.account);
        let reply = site.post(&path).token(&staff.token).json(&json!({})).send();
        reply.refused_field(400, "reason", "request.missing_field");
    }
    site.me(&member.token);
}

fn what_is_masked_is_revealed_with_a_reason(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let member = site.join();
    let contact = json!({ "email": "li.lei@example.cn", "address": "西安市雁塔区科技路 1 号" });
    site.patch("/v1/me").token(&member.token).json(&contact).send().ok::<eport_schema::wire::Me>(200);
    let revealed: Revealed = act(&site, &staff, member.account, "reveal", "court order 2026-17").ok(200);
    assert_eq!(revealed.id_number, Some(member.person.id_number.clone()));
    assert_eq!(revealed.phone, Some(format!("+86{}", member.person.phone)));
    assert_eq!(revealed.email.as_deref(), Some("li.lei@example.cn"));
    assert_eq!(revealed.address.as_deref(), Some("西安市雁塔区科技路 1 号"));
}

fn staff_cannot_lock_staff_over_http(on: On) {
    let site = Site::new(on);
    let (one, other) = (site.join_staff(), site.join_staff());
    for account in [one.account, other.account] {
        act(&site, &one, account, "lock", "a quarrel").refused(403, "staff.target");
        act(&site, &one, account, "unlock", "a quarrel").refused(403, "staff.target");
    }
    site.me(&other.token);
    // The command line can.
    site.administer(&["staff", "lock", "--username", &other.person.username, "--reason", "left the platform"]);
    site.get("/v1/me").token(&other.token).send().refused(401, "session.ended");
    site.try_password(&other.person.username, &other.person.password).refused(403, "account.locked");
    site.administer(&["staff", "unlock", "--username", &other.person.username, "--reason", "came back"]);
    site.try_password(&other.person.username, &other.person.password).ok::<SessionCreated>(201);
}

fn accounts_come_in_pages_and_by_state(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let members: Vec<Uuid> = (0..3).map(|_| site.register(&Person::new())).collect();
    let pending = site.begin_registration(&Person::new()).account_id;
    act(&site, &staff, members[1], "lock", "checking").ok::<PlatformAccount>(200);
    let list = |query: &str| -> List<PlatformAccount> {
        site.get(&format!("/v1/platform/accounts{query}")).token(&staff.token).send().ok(200)
    };
    let ids = |list: List<PlatformAccount>| list.items.into_iter().map(|account| account.id).collect::<Vec<_>>();
    let all = vec![pending, members[2], members[1], members[0], staff.account];
    assert_eq!(ids(list("")), all);
    assert_eq!(ids(list("?state=pending")), [pending]);
    assert_eq!(ids(list("?state=locked")), [members[1]]);
    assert_eq!(ids(list("?state=active")), [members[2], members[0], staff.account]);
    assert!(list("?state=inactive").items.is_empty());
    let first = list("?limit=2");
    let second = list(&format!("?limit=3&cursor={}", first.next_cursor.clone().unwrap()));
    assert_eq!(second.next_cursor, None);
    assert_eq!([ids(first), ids(second)].concat(), all);
}

fn an_account_that_does_not_exist_is_not_found(on: On) {
    let site = Site::new(on);
    let staff = site.join_staff();
    let nobody = Uuid::from_u128(0x019a_a9a5_6f0c_7d0a_8f0e_2d9d_7f5b_1c11);
    site.get(&format!("/v1/platform/accounts/{nobody}")).token(&staff.token).send().refused(404, "resource.not_found");
    site.get("/v1/platform/accounts/nobody").token(&staff.token).send().refused(404, "resource.not_found");
    for action in ["lock", "unlock", "reveal"] {
        act(&site, &staff, nobody, action, "a good reason").refused(404, "resource.not_found");
    }
}
