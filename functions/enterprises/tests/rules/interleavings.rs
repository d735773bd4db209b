//! Whatever people do at once, an enterprise has one administrator, or none yet (specification, J9, J12).

use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::{Answer, World};
use uuid::Uuid;

use crate::{OTHER_USCC, Somebody, USCC};

/// Numbers that are the same in each run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// One of the things that people do.
#[derive(Debug, Clone, Copy)]
enum Act {
    Claim(usize, &'static str),
    Ask(usize, &'static str),
    Withdraw(usize),
    Approve(usize),
    Reject(usize),
    HandOver(usize, usize),
    Edit(usize),
}

const PEOPLE: usize = 6;

fn act(dice: &mut Dice) -> Act {
    let who = dice.throw(PEOPLE);
    let uscc = if dice.throw(3) == 0 { OTHER_USCC } else { USCC };
    match dice.throw(12) {
        0 => Act::Claim(who, uscc),
        1..=3 => Act::Ask(who, uscc),
        4 => Act::Withdraw(who),
        5..=7 => Act::Approve(who),
        8 => Act::Reject(who),
        9..=10 => Act::HandOver(who, dice.throw(PEOPLE)),
        _ => Act::Edit(who),
    }
}

/// A request that waits, of anybody: of one's own enterprise or of another.
async fn pending(world: &World, of: Option<Uuid>) -> String {
    let rows = match of {
        Some(account) => {
            let own = sql!("SELECT id FROM associations WHERE status = 'pending' AND account_id = $1");
            world.rows(&own, &[account.into()]).await
        }
        None => {
            world.rows(&sql!("SELECT id FROM associations WHERE status = 'pending' ORDER BY id LIMIT 1"), &[]).await
        }
    };
    rows.first().map_or_else(|| Uuid::nil().to_string(), |row| row.get::<Uuid>(0).unwrap().to_string())
}

async fn perform(world: &World, people: &[Somebody], act: Act) -> Answer {
    use eport_shared::testing::Call;
    match act {
        Act::Claim(who, uscc) => people[who].ask(world, "admin", uscc).await,
        Act::Ask(who, uscc) => people[who].ask(world, "operator", uscc).await,
        Act::Withdraw(who) => people[who].withdraw(world, &pending(world, Some(people[who].id)).await).await,
        Act::Approve(who) => people[who].approve(world, &pending(world, None).await).await,
        Act::Reject(who) => people[who].reject(world, &pending(world, None).await, "否").await,
        Act::HandOver(who, to) => people[who].hand_over(world, people[to].id).await,
        Act::Edit(who) => {
            let body = serde_json::json!({ "postcode": "310000" });
            people[who].send(world, Call::patch("/v1/enterprise").json(&body)).await
        }
    }
}

on_each_database! {
    async fn after_a_thousand_interleavings_each_enterprise_has_one_administrator(mut world: World) {
        world.settings.association_account_day = i64::MAX;
        world.settings.registry_account_minute = i64::MAX;
        let mut people = Vec::new();
        for n in 1..=PEOPLE {
            people.push(Somebody::new(&world, u32::try_from(n).unwrap()).await);
        }
        let mut dice = Dice(20_261_122);
        let (mut done, mut refused) = (0, 0);
        for round in 0..1_000 {
            world.advance_milliseconds(1);
            let acts = [act(&mut dice), act(&mut dice), act(&mut dice)];
            let (a, b, c) = tokio::join!(
                perform(&world, &people, acts[0]),
                perform(&world, &people, acts[1]),
                perform(&world, &people, acts[2])
            );
            for answer in [&a, &b, &c] {
                assert!(answer.status() < 500, "round {round}, {acts:?}: {}", answer.json());
                if answer.status() < 300 { done += 1 } else { refused += 1 }
            }
            // Everybody whom an administrator let in leaves now and then, so that there is always somebody to ask.
            if round % 10 == 9 {
                world.rows(&sql!("DELETE FROM memberships WHERE role = 'operator' AND state = 'active'"), &[]).await;
            }
            let without_one = world
                .number(
                    &sql!(
                        "SELECT COUNT(*) FROM enterprises e WHERE 1 <> (SELECT COUNT(*) FROM memberships m WHERE m.enterprise_id = e.id AND m.role = 'admin')"
                    ),
                    &[],
                )
                .await;
            assert_eq!(without_one, 0, "round {round}, {acts:?}: {} {} {}", a.json(), b.json(), c.json());
            let both = world
                .number(
                    &sql!(
                        "SELECT COUNT(*) FROM associations s JOIN memberships m ON m.account_id = s.account_id WHERE s.status = 'pending'"
                    ),
                    &[],
                )
                .await;
            assert_eq!(both, 0, "round {round}, {acts:?}: somebody belongs to an enterprise and waits for one");
        }
        assert!(done > 300 && refused > 300, "{done} done, {refused} refused: too little of one to say much");
    }
}
