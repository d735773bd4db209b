//! A place where something ends: what the tests of reminders begin with.

use eport_platform::Platform;
use eport_shared::platform::new_id;
use eport_shared::sql;
use eport_shared::testing::{Call, Person, World};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// An enterprise, its administrator, and staff who run the reminders.
pub(crate) struct Port {
    enterprise: Uuid,
    pub(crate) administrator: Person,
    staff: Person,
}

impl Port {
    pub(crate) async fn new(world: &World) -> Self {
        let (administrator, staff) = (world.person(1).await, world.staff(2).await);
        let enterprise = new_id(world.now(), &world.entropy);
        let make = sql!(
            "INSERT INTO enterprises (id, organisation_code, name, state, created_at, updated_at) VALUES ($1, 'MA1111111', '企业', 'verified', 1, 1)"
        );
        world.rows(&make, &[enterprise.into()]).await;
        let join = sql!(
            "INSERT INTO memberships (account_id, enterprise_id, role, state, origin, created_at, updated_at)
             VALUES ($1, $2, 'admin', 'active', 'association', 1, 1)"
        );
        world.rows(&join, &[administrator.id.into(), enterprise.into()]).await;
        Self { enterprise, administrator, staff }
    }

    /// A qualification whose last day is `day`.
    pub(crate) async fn qualification(&self, world: &World, number: &str, day: &str) -> Uuid {
        let id = new_id(world.now(), &world.entropy);
        let make = sql!(
            "INSERT INTO qualifications (id, enterprise_id, department, kind, number, valid_to, created_at, updated_at)
             VALUES ($1, $2, '海关', 'customs_registration', $3, $4, 1, 1)"
        );
        world.rows(&make, &[id.into(), self.enterprise.into(), number.into(), day.into()]).await;
        id
    }

    /// A card of the administrator whose certificate ends after `seconds`.
    pub(crate) async fn card(&self, world: &World, seconds: i64) {
        let make = sql!(
            "INSERT INTO cards (id, account_id, enterprise_id, card_number, class, certificate_sha256, not_before, not_after, origin, bound_at)
             VALUES ($1, $2, $3, '8930000104271', 'legal_person', $4, 0, $5, 'login', 0)"
        );
        let (id, end) = (new_id(world.now(), &world.entropy), world.now().plus_seconds(seconds));
        let values = [id.into(), self.administrator.id.into(), self.enterprise.into(), [7_u8; 32].into(), end.into()];
        world.rows(&make, &values).await;
    }

    /// What the administrator wants to hear of qualifications and of cards that end.
    pub(crate) async fn wants(&self, world: &World, qualifications: Json, cards: Json) {
        let inbox = json!({ "channels": ["inbox"] });
        let settings = json!({
            "language": "zh-CN", "qualification_expiring": qualifications, "card_expiring": cards, "association_waiting": inbox,
            "association_decided": inbox, "permissions_changed": inbox, "new_device": inbox, "password_changed": inbox, "seal_changed": inbox
        });
        let keep = sql!(
            "INSERT INTO reminder_settings (account_id, settings, version, updated_at) VALUES ($1, $2, 1, 1)
             ON CONFLICT (account_id) DO UPDATE SET settings = excluded.settings"
        );
        world.rows(&keep, &[self.administrator.id.into(), settings.to_string().into()]).await;
    }

    /// The same, with what is usual for cards.
    pub(crate) async fn wants_of_qualifications(&self, world: &World, qualifications: Json) {
        self.wants(world, qualifications, json!({ "channels": ["inbox"], "lead_days": [30] })).await;
    }

    /// Runs the reminders; what the run says.
    pub(crate) async fn run(&self, world: &World) -> Json {
        let token = world.sign_in(self.staff.id).await;
        world.send::<Platform>(Call::post("/v1/platform/reminders/run").bearer(&token)).await.done(200)
    }

    /// How many reminders are in the administrator's inbox.
    pub(crate) async fn told(&self, world: &World) -> usize {
        world.inbox(self.administrator.id).await.len()
    }
}
