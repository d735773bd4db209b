//! The lock as a right password meets it. (How it grows is tested where people log in.)

use eport_schema::catalogue;
use eport_shared::context::Client;
use eport_shared::lockout::{count, forget, forget_unless_locked, locked_until, of_account, of_name, of_nobody};
use eport_shared::on_each_database;
use eport_shared::problem::Problem;
use eport_shared::sql::transaction;
use eport_shared::testing::World;
use uuid::Uuid;

on_each_database! {
    async fn a_right_password_that_comes_after_the_lock_was_set_does_not_lift_it(world: World) {
        let context = world.context(Client::default());
        let subject = of_name(&context, "somebody");
        for _ in 0..5 {
            count(&context, subject).await.unwrap();
        }
        let refused: Result<(), Problem> = transaction(&world.database, async |connection| {
            match forget_unless_locked(connection, context.now, subject).await? {
                Some(until) => Err(Problem::new(&catalogue::SESSION_LOCKED).retry_after(context.now.seconds_until(until))),
                None => Ok(()),
            }
        })
        .await;
        assert_eq!(refused.unwrap_err().retry_after, Some(900));
        assert_eq!(locked_until(&context, subject).await.unwrap(), Some(world.now().plus_seconds(900)));
    }

    async fn wrong_passwords_that_arrive_together_lock_once(world: World) {
        let context = world.context(Client::default());
        let subject = of_name(&context, "somebody");
        // All of these were compared before the fifth was counted.
        for _ in 0..40 {
            count(&context, subject).await.unwrap();
        }
        assert_eq!(locked_until(&context, subject).await.unwrap(), Some(world.now().plus_seconds(900)));
        world.advance(900);
        let context = world.context(Client::default());
        for _ in 0..4 {
            count(&context, subject).await.unwrap();
            assert_eq!(locked_until(&context, subject).await.unwrap(), None);
        }
        count(&context, subject).await.unwrap();
        assert_eq!(locked_until(&context, subject).await.unwrap(), Some(world.now().plus_seconds(1800)));
    }

    async fn before_and_after_the_lock_it_forgets(world: World) {
        let subject = of_name(&world.context(Client::default()), "somebody");
        for (tries, wait) in [(4, 0), (5, 900)] {
            for _ in 0..tries {
                count(&world.context(Client::default()), subject).await.unwrap();
            }
            world.advance(wait);
            let now = world.now();
            let locked = transaction(&world.database, async |connection| forget_unless_locked(connection, now, subject).await).await;
            assert_eq!(locked, Ok(None));
            assert_eq!(world.number(&eport_shared::sql!("SELECT COUNT(*) FROM login_failures"), &[]).await, 0);
        }
    }

    async fn who_may_lift_a_lock_lifts_it(world: World) {
        let context = world.context(Client::default());
        let subject = of_name(&context, "somebody");
        for _ in 0..5 {
            count(&context, subject).await.unwrap();
        }
        transaction(&world.database, async |connection| forget(connection, subject).await).await.unwrap();
        assert_eq!(locked_until(&context, subject).await.unwrap(), None);
    }

    async fn nobodys_name_is_no_accounts(world: World) {
        let context = world.context(Client::default());
        let id = Uuid::from_u128(1);
        for name in [id.to_string(), String::from_utf8_lossy(id.as_bytes()).into_owned()] {
            assert_ne!(of_account(&context, id), of_nobody(&context, &name));
            assert_ne!(of_name(&context, &name), of_nobody(&context, &name));
        }
    }
}
