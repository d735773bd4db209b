//! Which refusals are attempts.

use eport_schema::catalogue;
use eport_shared::audit::worth_keeping;
use eport_shared::on_each_database;
use eport_shared::problem::Problem;
use eport_shared::sql;
use eport_shared::testing::{Call, World};

use crate::{Accounts, Registrations, refuse_with};

#[test]
fn refused_attempts_are_kept_and_noise_is_not() {
    for refusal in [
        &catalogue::SESSION_CREDENTIALS_WRONG,
        &catalogue::SESSION_LOCKED,
        &catalogue::SESSION_TOKEN_INVALID,
        &catalogue::SESSION_ENDED,
        &catalogue::SESSION_REFRESH_INVALID,
        &catalogue::SESSION_REFRESH_REUSED,
        &catalogue::SMS_CODE_INVALID,
        &catalogue::SMS_CODE_EXPIRED,
        &catalogue::SMS_CODE_EXHAUSTED,
        &catalogue::REGISTRATION_ID_NUMBER_TAKEN,
        &catalogue::REGISTRATION_PASSWORD_TOKEN_INVALID,
        &catalogue::PASSWORD_WRONG,
        &catalogue::PASSWORD_RESET_MISMATCH,
        &catalogue::ACCOUNT_LOCKED,
        &catalogue::ACCOUNT_INACTIVE,
        &catalogue::STAFF_REQUIRED,
        &catalogue::STAFF_TARGET,
        &catalogue::RESOURCE_NOT_FOUND,
        &catalogue::SMS_PHONE_LIMIT,
        &catalogue::SMS_ADDRESS_LIMIT,
        &catalogue::SESSION_ADDRESS_LIMIT,
    ] {
        assert!(worth_keeping(&Problem::new(refusal)), "{}", refusal.code);
    }
    for refusal in [
        &catalogue::SESSION_REQUIRED,
        &catalogue::SESSION_TOKEN_EXPIRED,
        &catalogue::ROUTE_NOT_FOUND,
        &catalogue::REQUEST_MALFORMED_JSON,
        &catalogue::REQUEST_INVALID,
        &catalogue::IDEMPOTENCY_KEY_REUSED,
        &catalogue::IDEMPOTENCY_IN_PROGRESS,
        &catalogue::SMS_RESEND_TOO_SOON,
        &catalogue::RATE_LIMITED,
        &catalogue::SERVICE_INTERNAL,
        &catalogue::DEV_NOT_ENABLED,
    ] {
        assert!(!worth_keeping(&Problem::new(refusal)), "{}", refusal.code);
    }
    // What comes after the first of a window.
    assert!(!worth_keeping(&Problem::new(&catalogue::SMS_PHONE_LIMIT).untraced()));
    assert!(!worth_keeping(&Problem::field("phone", &catalogue::PHONE_FORMAT)));
}

on_each_database! {
    async fn a_refusal_whose_row_can_not_be_written_stands(world: World) {
        refuse_with(Some(Problem::new(&catalogue::STAFF_REQUIRED)));
        world.rows(&sql!("DELETE FROM audit_heads"), &[]).await;
        world.send::<Registrations>(Call::post("/v1/sms-codes").raw("{}")).await.refused(&catalogue::STAFF_REQUIRED);
        world.database.set_offline(true);
        world.send::<Registrations>(Call::post("/v1/sms-codes").raw("{}")).await.refused(&catalogue::STAFF_REQUIRED);
    }

    async fn a_made_up_target_is_cut(world: World) {
        refuse_with(Some(Problem::new(&catalogue::RESOURCE_NOT_FOUND)));
        let path = format!("/v1/registrations/{}/password", "x".repeat(5000));
        world.send::<Registrations>(Call::put(&path).raw("{}")).await.refused(&catalogue::RESOURCE_NOT_FOUND);
        let rows = world.audit().await;
        assert_eq!(rows[0].target_id.as_deref().map(str::len), Some(64));
    }

    async fn an_id_in_any_spelling_is_kept_in_one(world: World) {
        refuse_with(Some(Problem::new(&catalogue::RESOURCE_NOT_FOUND)));
        let id = "019AA1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B";
        world.send::<Registrations>(Call::put(&format!("/v1/registrations/{id}/password")).raw("{}")).await;
        let row = &world.audit().await[0];
        assert_eq!((row.target_type.as_deref(), row.target_id.clone()), (Some("account"), Some(id.to_lowercase())));
    }

    async fn a_refusal_that_is_about_an_account_names_it(world: World) {
        let person = world.person(1).await;
        refuse_with(Some(Problem::new(&catalogue::ACCOUNT_LOCKED).about(Some(person.id))));
        world.send::<Registrations>(Call::post("/v1/registrations").raw("{}")).await.refused(&catalogue::ACCOUNT_LOCKED);
        refuse_with(Some(Problem::new(&catalogue::PASSWORD_WRONG)));
        let token = world.sign_in(person.id).await;
        world.send::<Accounts>(Call::put("/v1/me/password").raw("{}").bearer(&token)).await.refused(&catalogue::PASSWORD_WRONG);
        let told = world.audit_of("register").await.remove(0);
        assert_eq!((told.actor_id, told.target_type.as_deref(), told.target_id), (None, Some("account"), Some(person.id.to_string())));
        let known = world.audit_of("change_password").await.remove(0);
        assert_eq!((known.actor_id, known.target_id), (Some(person.id), None));
    }
}
