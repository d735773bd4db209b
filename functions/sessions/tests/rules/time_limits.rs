//! Ten minutes, half an hour, twelve hours.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::World;

use crate::{opened, refresh, text, use_token};

on_each_database! {
    async fn an_access_token_is_good_for_ten_minutes(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        world.advance_milliseconds(599_999);
        use_token(&world, text(&session, "access_token")).await.done(200);
        world.advance_milliseconds(1);
        let answer = use_token(&world, text(&session, "access_token")).await;
        answer.refused(&catalogue::SESSION_TOKEN_EXPIRED);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }

    async fn a_session_without_a_request_ends_after_half_an_hour(world: World) {
        let person = world.person(1).await;
        let (one, other) = (opened(&world, &person).await, opened(&world, &person).await);
        world.advance_milliseconds(1_799_999);
        refresh(&world, text(&one, "refresh_token")).await.done(200);
        world.advance_milliseconds(1);
        refresh(&world, text(&other, "refresh_token")).await.refused(&catalogue::SESSION_ENDED);
    }

    async fn a_request_keeps_a_session_alive(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        world.advance(590);
        use_token(&world, text(&session, "access_token")).await.done(200);
        world.advance(1799);
        refresh(&world, text(&session, "refresh_token")).await.done(200);
    }

    async fn a_request_within_a_minute_of_the_last_writes_nothing(world: World) {
        let session = opened(&world, &world.person(1).await).await;
        let began = world.now().milliseconds();
        world.advance_milliseconds(59_999);
        use_token(&world, text(&session, "access_token")).await.done(200);
        assert_eq!(world.number(&sql!("SELECT last_seen_at FROM sessions"), &[]).await, began);
        world.advance_milliseconds(1);
        use_token(&world, text(&session, "access_token")).await.done(200);
        assert_eq!(world.number(&sql!("SELECT last_seen_at FROM sessions"), &[]).await, began + 60_000);
    }

    async fn a_session_ends_after_twelve_hours_whatever_is_done_in_it(world: World) {
        let mut session = opened(&world, &world.person(1).await).await;
        for _ in 0..35 {
            world.advance(1200);
            session = refresh(&world, text(&session, "refresh_token")).await.done(200);
        }
        world.advance(1199);
        session = refresh(&world, text(&session, "refresh_token")).await.done(200);
        assert_eq!(session["expires_in"], 1, "a token never outlives its session");
        use_token(&world, text(&session, "access_token")).await.done(200);
        world.advance(1);
        refresh(&world, text(&session, "refresh_token")).await.refused(&catalogue::SESSION_ENDED);
        use_token(&world, text(&session, "access_token")).await.refused(&catalogue::SESSION_TOKEN_EXPIRED);
    }

    async fn sessions_that_ended_long_ago_go_as_new_ones_come(world: World) {
        let person = world.person(1).await;
        opened(&world, &person).await;
        world.advance(91 * 24 * 3600);
        opened(&world, &person).await;
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM sessions"), &[]).await, 1);
    }
}
