//! A refresh token works once.

use eport_schema::catalogue;
use eport_sessions::Sessions;
use eport_shared::on_each_database;
use eport_shared::platform::Database as _;
use eport_shared::sql;
use eport_shared::sql::Dialect;
use eport_shared::testing::{Call, World};

use crate::{opened, refresh, text, use_token};

on_each_database! {
    async fn a_refresh_gives_new_tokens_and_the_old_access_token_lives_out_its_time(world: World) {
        let first = opened(&world, &world.person(1).await).await;
        world.advance(300);
        let second = refresh(&world, text(&first, "refresh_token")).await.done(200);
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        assert_ne!(first["access_token"], second["access_token"]);
        assert_eq!((&second["account"], second["expires_in"].as_i64()), (&first["account"], Some(600)));
        use_token(&world, text(&second, "access_token")).await.done(200);
        use_token(&world, text(&first, "access_token")).await.done(200);
        world.advance(300);
        use_token(&world, text(&first, "access_token")).await.refused(&catalogue::SESSION_TOKEN_EXPIRED);
        use_token(&world, text(&second, "access_token")).await.done(200);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 1);
    }

    async fn a_refresh_token_that_comes_twice_ends_the_session(world: World) {
        let person = world.person(1).await;
        let first = opened(&world, &person).await;
        let second = refresh(&world, text(&first, "refresh_token")).await.done(200);
        refresh(&world, text(&first, "refresh_token")).await.refused(&catalogue::SESSION_REFRESH_REUSED);
        refresh(&world, text(&second, "refresh_token")).await.refused(&catalogue::SESSION_ENDED);
        use_token(&world, text(&second, "access_token")).await.refused(&catalogue::SESSION_ENDED);
        use_token(&world, text(&first, "access_token")).await.refused(&catalogue::SESSION_ENDED);
        let audit = world.audit_of("session.revoked").await;
        assert_eq!((audit.len(), audit[0].after.as_deref()), (1, Some(r#"{"reason":"refresh_reused"}"#)));
        let refused = world.audit_of("refresh_session").await;
        assert_eq!(refused[0].target_id, Some(person.id.to_string()));
    }

    async fn a_session_that_ends_during_its_refresh_is_ended_and_not_called_reused(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        if world.database.dialect() == Dialect::Sqlite {
            // There nobody comes between.
            return;
        }
        // The end takes the row first; the refresh waits for it and sees it.
        let mut lock = world.database.connect().await.unwrap();
        lock.execute(&sql!("BEGIN"), &[]).await.unwrap();
        lock.execute(&sql!("UPDATE sessions SET ended_at = 1, end_reason = 'account_locked'"), &[]).await.unwrap();
        let end = async {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            lock.execute(&sql!("COMMIT"), &[]).await.unwrap();
        };
        let (refused, ()) = tokio::join!(refresh(&world, text(&session, "refresh_token")), end);
        refused.refused(&catalogue::SESSION_ENDED);
        assert_eq!(world.audit_of("session.revoked").await.len(), 0);
    }

    async fn another_session_of_the_person_lives_on(world: World) {
        let person = world.person(1).await;
        let (one, other) = (opened(&world, &person).await, opened(&world, &person).await);
        refresh(&world, text(&one, "refresh_token")).await.done(200);
        refresh(&world, text(&one, "refresh_token")).await.refused(&catalogue::SESSION_REFRESH_REUSED);
        refresh(&world, text(&other, "refresh_token")).await.done(200);
    }

    async fn of_several_refreshes_at_once_one_wins(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        let token = text(&session, "refresh_token");
        let (a, b, c, d) = tokio::join!(
            refresh(&world, token),
            refresh(&world, token),
            refresh(&world, token),
            refresh(&world, token),
        );
        let won = [a, b, c, d].iter().filter(|answer| answer.status() == 200).count();
        assert_eq!(won, 1);
    }

    async fn a_token_with_a_forged_mac_ends_nothing(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        let good = text(&session, "refresh_token").to_owned();
        for at in 0..good.len() {
            // The session's id and the form stay; one character differs.
            let mut forged = good.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            if at % 9 == 0 || at > good.len() - 4 {
                refresh(&world, &forged).await.refused(&catalogue::SESSION_REFRESH_INVALID);
            }
        }
        for odd in ["", "x", "é", &good[1..], &format!("{good}A"), &format!("{good}="), &format!(" {good}"), &"A".repeat(10_000)] {
            refresh(&world, odd).await.refused(&catalogue::SESSION_REFRESH_INVALID);
        }
        refresh(&world, &good).await.done(200);
    }

    async fn an_access_token_is_no_refresh_token_nor_the_other_way_round(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        refresh(&world, text(&session, "access_token")).await.refused(&catalogue::SESSION_REFRESH_INVALID);
        use_token(&world, text(&session, "refresh_token")).await.refused(&catalogue::SESSION_TOKEN_INVALID);
    }

    async fn after_logout_neither_token_is_good(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        let access = text(&session, "access_token");
        world.send::<Sessions>(Call::delete("/v1/sessions/current").bearer(access)).await.done(204);
        use_token(&world, access).await.refused(&catalogue::SESSION_ENDED);
        refresh(&world, text(&session, "refresh_token")).await.refused(&catalogue::SESSION_ENDED);
        world.send::<Sessions>(Call::delete("/v1/sessions/current").bearer(access)).await.refused(&catalogue::SESSION_ENDED);
    }

    async fn with_a_locked_account_neither_token_is_good(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        world.rows(&sql!("UPDATE accounts SET locked_at = 1"), &[]).await;
        use_token(&world, text(&session, "access_token")).await.refused(&catalogue::SESSION_ENDED);
        refresh(&world, text(&session, "refresh_token")).await.refused(&catalogue::SESSION_ENDED);
    }

    async fn a_session_that_is_gone_is_ended(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        world.rows(&sql!("DELETE FROM sessions"), &[]).await;
        use_token(&world, text(&session, "access_token")).await.refused(&catalogue::SESSION_ENDED);
        refresh(&world, text(&session, "refresh_token")).await.refused(&catalogue::SESSION_ENDED);
    }
}
