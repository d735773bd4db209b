//! One's account, seen and changed.

use eport_accounts::Accounts;
use eport_schema::catalogue;
use eport_shared::crypto::Place;
use eport_shared::keys::NamedKey;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Call, World};
use serde_json::{Value as Json, json};

use crate::{get_me, patch};

on_each_database! {
    async fn a_person_sees_their_account_with_masked_numbers(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let me = get_me(&world, &token).await;
        let masked = format!("{}**********{}", &person.id_number[..4], &person.id_number[14..]);
        assert_eq!(
            me,
            json!({
                "id": person.id, "username": "Person-1", "name": "张伟", "id_type": "resident_id", "id_number": masked,
                "phone": "138****0001", "email": null, "address": null, "postcode": null, "telephone": null, "state": "active",
                "staff": false, "password_change_required": false, "unread_messages": 0, "enterprise": null,
                "created_at": "2026-11-22T01:20:00Z", "updated_at": "2026-11-22T01:20:00Z",
            })
        );
    }

    async fn a_field_that_is_named_is_set_one_that_is_null_is_cleared_one_that_is_absent_stays(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let all = json!({
            "email": "zhang.wei@example.cn", "address": "陕西省西安市雁塔区 1 号", "postcode": "710000", "telephone": "029-8888 6666 转 801",
        });
        world.advance(10);
        let me = patch(&world, &token, &all).await.done(200);
        for (field, value) in all.as_object().unwrap() {
            assert_eq!(&me[field], value, "{field}");
        }
        assert_eq!(me["updated_at"], "2026-11-22T01:20:10Z");

        let me = patch(&world, &token, &json!({ "email": null, "postcode": "310000" })).await.done(200);
        assert_eq!((&me["email"], &me["postcode"]), (&Json::Null, &json!("310000")));
        assert_eq!((&me["address"], &me["telephone"]), (&all["address"], &all["telephone"]));
        assert_eq!(get_me(&world, &token).await, me);
    }

    async fn an_empty_patch_changes_nothing_and_leaves_no_row(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let before = get_me(&world, &token).await;
        world.advance(10);
        assert_eq!(patch(&world, &token, &json!({})).await.done(200), before);
        assert!(world.audit().await.is_empty());
    }

    async fn what_does_not_change_here_is_an_unknown_field(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        for field in ["name", "id_number", "phone", "username", "state", "staff", "__proto__", "email\u{0}"] {
            let answer = patch(&world, &token, &json!({ field: "x", "email": "a@b.cn" })).await;
            answer.refused(&catalogue::REQUEST_UNKNOWN_FIELD);
            assert_eq!(answer.errors()[0].0, field);
        }
        assert_eq!(get_me(&world, &token).await["email"], Json::Null);
    }

    async fn all_wrong_fields_are_named_and_nothing_is_changed(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let body = json!({ "email": "a b@c", "address": "西安\u{202e}市", "postcode": "71000", "telephone": null });
        let answer = patch(&world, &token, &body).await;
        answer.refused(&catalogue::REQUEST_INVALID);
        let named = [("email", "email.format"), ("address", "text.control_characters"), ("postcode", "postcode.format")];
        assert_eq!(answer.errors(), named.map(|(field, code)| (field.to_owned(), code.to_owned())));
        let answer = patch(&world, &token, &json!({ "address": "" })).await;
        answer.refused(&catalogue::ADDRESS_LENGTH);
        let answer = patch(&world, &token, &json!({ "email": 1 })).await;
        answer.refused(&catalogue::REQUEST_WRONG_TYPE);
        assert_eq!(answer.errors()[0].0, "email");
    }

    async fn text_that_looks_like_sql_or_html_is_text(world: World) {
        let token = world.sign_in(world.person(1).await.id).await;
        let text = "'; DROP TABLE accounts; -- <script>alert(1)</script> \" \\ %_ 🛳";
        let me = patch(&world, &token, &json!({ "address": text })).await.done(200);
        assert_eq!(me["address"], text);
    }

    async fn the_audit_shows_that_something_changed_but_not_what_it_says(world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        let body = json!({ "email": "zhang.wei@example.cn", "address": "雁塔区 1 号", "postcode": "710000", "telephone": "029-88886666" });
        patch(&world, &token, &body).await.done(200);
        patch(&world, &token, &json!({ "email": null, "address": "碑林区 2 号" })).await.done(200);
        let rows = world.audit_of("account.updated").await;
        let changes: Vec<(Json, Json)> = rows
            .iter()
            .map(|row| (row.before.as_deref(), row.after.as_deref()))
            .map(|(before, after)| (serde_json::from_str(before.unwrap()).unwrap(), serde_json::from_str(after.unwrap()).unwrap()))
            .collect();
        let first = (
            json!({ "email": null, "address": null, "postcode": null, "telephone": null }),
            json!({ "email": "z***@example.cn", "address": "***", "postcode": "710000", "telephone": "***" }),
        );
        let second = (json!({ "email": "z***@example.cn", "address": "***" }), json!({ "email": null, "address": "***" }));
        assert!(changes.contains(&first) && changes.contains(&second), "{changes:?}");
        assert!(rows.iter().all(|row| row.actor_id == Some(person.id) && row.amr.as_deref() == Some("pwd")));
    }

    async fn contact_data_is_encrypted_for_its_own_row_and_column(world: World) {
        let (one, other) = (world.person(1).await, world.person(2).await);
        let (token, other_token) = (world.sign_in(one.id).await, world.sign_in(other.id).await);
        patch(&world, &token, &json!({ "email": "zhang.wei@example.cn", "address": "雁塔区 1 号" })).await.done(200);
        let rows = world.rows(&sql!("SELECT email_enc FROM accounts WHERE id = $1"), &[one.id.into()]).await;
        let kept: Vec<u8> = rows[0].get(0).unwrap();
        assert!(kept.windows(5).all(|part| part != b"zhang"));

        // Moved to another column of the row, or to another row, it can't be read.
        world.rows(&sql!("UPDATE accounts SET address_enc = email_enc WHERE id = $1"), &[one.id.into()]).await;
        world.send::<Accounts>(Call::get("/v1/me").bearer(&token)).await.refused(&catalogue::SERVICE_INTERNAL);
        world.rows(&sql!("UPDATE accounts SET email_enc = $1 WHERE id = $2"), &[kept.into(), other.id.into()]).await;
        world.send::<Accounts>(Call::get("/v1/me").bearer(&other_token)).await.refused(&catalogue::SERVICE_INTERNAL);
    }

    async fn after_a_rotation_old_data_is_read_and_new_data_is_written_under_the_new_key(mut world: World) {
        let person = world.person(1).await;
        let token = world.sign_in(person.id).await;
        world.keys.data.insert(0, NamedKey { id: "data-2".to_owned(), bytes: [8; 32].into() });
        assert_eq!(get_me(&world, &token).await["phone"], "138****0001");
        patch(&world, &token, &json!({ "email": "a@b.cn" })).await.done(200);
        world.keys.data.retain(|key| key.id == "data-2");
        let rows = world.rows(&sql!("SELECT email_enc FROM accounts"), &[]).await;
        let kept: Vec<u8> = rows[0].get(0).unwrap();
        let place = Place::new("accounts.email", &person.id);
        assert_eq!(eport_shared::crypto::decrypt_text(&world.keys, place, &kept).unwrap().as_str(), "a@b.cn");
        world.send::<Accounts>(Call::get("/v1/me").bearer(&token)).await.refused(&catalogue::SERVICE_INTERNAL);
    }

    async fn unread_messages_are_counted(world: World) {
        let (person, other) = (world.person(1).await, world.person(2).await);
        let token = world.sign_in(person.id).await;
        let insert = sql!("INSERT INTO messages (id, account_id, kind, data, created_at, read_at) VALUES ($1, $2, 'welcome', '{}', 0, $3)");
        for (n, account, read_at) in [(1, person.id, None), (2, person.id, None), (3, person.id, Some(1_i64)), (4, other.id, None)] {
            world.rows(&insert, &[uuid::Uuid::from_u128(n).into(), account.into(), read_at.into()]).await;
        }
        assert_eq!(get_me(&world, &token).await["unread_messages"], 2);
    }

    async fn an_account_can_not_be_seen_without_a_session(world: World) {
        world.send::<Accounts>(Call::get("/v1/me")).await.refused(&catalogue::SESSION_REQUIRED);
        world.send::<Accounts>(Call::patch("/v1/me").raw("{")).await.refused(&catalogue::SESSION_REQUIRED);
    }

    async fn an_initial_password_does_not_let_change_the_account(world: World) {
        let person = world.person(1).await;
        world.rows(&sql!("UPDATE accounts SET password_change_required = TRUE"), &[]).await;
        let token = world.sign_in(person.id).await;
        assert_eq!(get_me(&world, &token).await["password_change_required"], true);
        patch(&world, &token, &json!({ "email": "a@b.cn" })).await.refused(&catalogue::PASSWORD_CHANGE_REQUIRED);
    }
}
