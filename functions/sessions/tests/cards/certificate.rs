//! Which certificates are trusted, each refusal with its own code.

use eport_schema::catalogue;
use eport_shared::on_each_database;
use eport_shared::sql;
use eport_shared::testing::World;
use eport_shared::testing::cards::{
    Algorithm, CardClass, CrlAge, Holder, Kind, PrivateKey, answer, authority, holder, issue, publish_revocations,
    trusted, with,
};

use crate::{challenge, log_in, send};

on_each_database! {
    async fn each_kind_of_bad_certificate_has_its_own_refusal(world: World) {
        for algorithm in [Algorithm::Sm2, Algorithm::P256] {
            let ca = trusted(&world, algorithm).await;
            for (kind, refusal) in [
                (Kind::Expired, &catalogue::CARD_EXPIRED),
                (Kind::NotYetValid, &catalogue::CARD_NOT_YET_VALID),
                (Kind::Revoked, &catalogue::CARD_REVOKED),
                (Kind::Foreign, &catalogue::CARD_UNKNOWN_ISSUER),
                (Kind::Forged, &catalogue::CARD_UNKNOWN_ISSUER),
                (Kind::WrongKeyUsage, &catalogue::CARD_WRONG_KEY_USAGE),
                (Kind::WeakKey, &catalogue::CARD_WEAK_KEY),
            ] {
                let card = ca.issue(&holder(1, CardClass::Operator), kind).unwrap();
                if kind == Kind::Revoked {
                    publish_revocations(&world, &ca, CrlAge::Current).await;
                }
                log_in(&world, &card).await.refused(refusal);
            }
        }
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM accounts"), &[]).await, 0);
        assert_eq!(world.number(&sql!("SELECT COUNT(*) FROM enterprises"), &[]).await, 0);
    }

    async fn a_certificate_signed_with_sha_1_is_refused(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = ca.issue(&holder(1, CardClass::Operator), Kind::Sha1).unwrap();
        log_in(&world, &card).await.refused(&catalogue::CARD_ALGORITHM_REFUSED);
    }

    async fn nobody_is_trusted_before_an_anchor_is_there(world: World) {
        let ca = authority(&world, Algorithm::Sm2);
        log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.refused(&catalogue::CARD_UNKNOWN_ISSUER);
    }

    async fn several_authorities_can_be_trusted_and_one_of_them_no_longer(world: World) {
        let (sm2, p256) = (trusted(&world, Algorithm::Sm2).await, trusted(&world, Algorithm::P256).await);
        let (a, b) = (issue(&sm2, &holder(1, CardClass::Operator)), issue(&p256, &holder(2, CardClass::Operator)));
        log_in(&world, &a).await.done(201);
        log_in(&world, &b).await.done(201);
        let anchors = sql!("SELECT id FROM trust_certificates WHERE kind = 'anchor' ORDER BY id");
        let first = world.rows(&anchors, &[]).await[0].get(0).unwrap();
        let mut connection = eport_shared::platform::Database::connect(&world.database).await.unwrap();
        eport_shared::cards::trust_store::remove_certificate(connection.as_mut(), first).await.unwrap().unwrap();
        log_in(&world, &a).await.refused(&catalogue::CARD_UNKNOWN_ISSUER);
        log_in(&world, &b).await.done(201);
    }

    async fn a_card_that_is_revoked_later_gets_in_no_more(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        publish_revocations(&world, &ca, CrlAge::OutOfDate).await;
        log_in(&world, &card).await.done(201);
        ca.revoke(&card.certificate_der).unwrap();
        publish_revocations(&world, &ca, CrlAge::Current).await;
        log_in(&world, &card).await.refused(&catalogue::CARD_REVOKED);
    }

    async fn the_settings_say_whether_a_missing_or_old_list_refuses(mut world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        world.settings.card_crl_missing_refuses = true;
        log_in(&world, &card).await.refused(&catalogue::CARD_REVOCATION_UNKNOWN);
        world.settings.card_crl_missing_refuses = false;
        publish_revocations(&world, &ca, CrlAge::OutOfDate).await;
        log_in(&world, &card).await.done(201);
        world.settings.card_crl_outdated_refuses = true;
        log_in(&world, &card).await.refused(&catalogue::CARD_REVOCATION_UNKNOWN);
        publish_revocations(&world, &ca, CrlAge::Current).await;
        log_in(&world, &card).await.done(201);
    }

    async fn a_certificate_changed_by_one_bit_is_refused(world: World) {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let length = card.certificate_der.len();
        for at in (0..length).step_by(37) {
            let mut der = card.certificate_der.clone();
            der[at] ^= 4;
            let body = with(answer(&card, &challenge(&world).await), "certificate", STANDARD.encode(der));
            let refused = send(&world, body).await;
            assert!([403, 422].contains(&refused.status()), "{at}: {}", refused.json());
        }
        for der in [&card.certificate_der[..length - 1], &[card.certificate_der.as_slice(), &[0]].concat(), b"x"] {
            let body = with(answer(&card, &challenge(&world).await), "certificate", STANDARD.encode(der));
            send(&world, body).await.refused(&catalogue::CARD_CERTIFICATE_MALFORMED);
        }
    }

    async fn the_authoritys_own_certificate_is_no_card(world: World) {
        use base64::Engine as _;
        use base64::engine::general_purpose::STANDARD;
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &holder(1, CardClass::Operator));
        let body = with(answer(&card, &challenge(&world).await), "certificate", STANDARD.encode(ca.intermediate_der().unwrap()));
        send(&world, body).await.refused(&catalogue::CARD_WRONG_KEY_USAGE);
    }

    async fn a_certificate_whose_id_document_is_odd_is_refused(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let good = holder(1, CardClass::Operator);
        for odd in [
            Holder { id_type: "99".to_owned(), ..good.clone() },
            Holder { id_number: "110105194912310021".to_owned(), ..good.clone() },
            Holder { name: "<b>".to_owned(), ..good.clone() },
        ] {
            log_in(&world, &issue(&ca, &odd)).await.refused(&catalogue::CARD_CERTIFICATE_INCOMPLETE);
        }
        let odd = Holder { card_number: "1-2".to_owned(), ..good };
        log_in(&world, &issue(&ca, &odd)).await.refused(&catalogue::CARD_CERTIFICATE_MALFORMED);
    }

    async fn a_card_of_no_class_or_an_unknown_one_is_an_operators(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = issue(&ca, &Holder { class: None, ..holder(1, CardClass::LegalPerson) });
        let session = log_in(&world, &card).await.done(201);
        assert_eq!(crate::claims(&session)["card_class"], "operator");
    }

    async fn a_certificate_that_ends_within_thirty_days_is_told_of_once(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = ca.issue(&holder(1, CardClass::Operator), Kind::ExpiresSoon).unwrap();
        let session = log_in(&world, &card).await.done(201);
        log_in(&world, &card).await.done(201);
        let account = serde_json::from_value(session["account"]["id"].clone()).unwrap();
        let told: Vec<_> = world.inbox(account).await.into_iter().filter(|(kind, _)| kind == "card_expiring").collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].1["not_after"], "2026-12-02");
        let good = log_in(&world, &issue(&ca, &holder(2, CardClass::Operator))).await.done(201);
        let account = serde_json::from_value(good["account"]["id"].clone()).unwrap();
        assert!(world.inbox(account).await.iter().all(|(kind, _)| kind != "card_expiring"));
    }

    async fn a_certificate_that_ends_in_the_chinese_night_is_told_of_with_chinas_date(world: World) {
        // 17:20 UTC is 01:20 of the next day in China.
        world.advance(16 * 3600);
        let ca = trusted(&world, Algorithm::P256).await;
        let session = log_in(&world, &ca.issue(&holder(1, CardClass::Operator), Kind::ExpiresSoon).unwrap()).await.done(201);
        let account = serde_json::from_value(session["account"]["id"].clone()).unwrap();
        let told: Vec<_> = world.inbox(account).await.into_iter().filter(|(kind, _)| kind == "card_expiring").collect();
        assert_eq!(told[0].1["not_after"], "2026-12-03");
    }

    async fn an_sms_on_a_certificate_that_ends_is_kept_for_the_next_run_of_reminders(world: World) {
        let ca = trusted(&world, Algorithm::P256).await;
        let card = ca.issue(&holder(1, CardClass::Operator), Kind::ExpiresSoon).unwrap();
        let first = log_in(&world, &issue(&ca, &holder(1, CardClass::Operator))).await.done(201);
        let account: uuid::Uuid = serde_json::from_value(first["account"]["id"].clone()).unwrap();
        let inbox = serde_json::json!({ "channels": ["inbox"] });
        let expiry = serde_json::json!({ "channels": ["sms"], "lead_days": [30] });
        let settings = serde_json::json!({
            "language": "zh-CN", "qualification_expiring": expiry, "card_expiring": expiry, "association_waiting": inbox,
            "association_decided": inbox, "permissions_changed": inbox, "new_device": inbox, "password_changed": inbox, "seal_changed": inbox
        });
        let keep =
            sql!("INSERT INTO reminder_settings (account_id, settings, version, updated_at) VALUES ($1, $2, 1, 1)");
        world.rows(&keep, &[account.into(), settings.to_string().into()]).await;
        log_in(&world, &card).await.done(201);
        log_in(&world, &card).await.done(201);
        let kept = sql!("SELECT what, ends_on, tried_on FROM reminder_sms WHERE account_id = $1");
        let rows = world.rows(&kept, &[account.into()]).await;
        let kept: Vec<[String; 3]> = rows.iter().map(|row| [0, 1, 2].map(|column| row.get(column).unwrap())).collect();
        assert_eq!(kept, [["cards", "2026-12-02", ""]]);
        assert!(world.inbox(account).await.iter().all(|(kind, _)| kind != "card_expiring"));
    }

    async fn a_p256_card_of_an_sm2_authority_logs_in(world: World) {
        let ca = trusted(&world, Algorithm::Sm2).await;
        let key = PrivateKey::generate(Algorithm::P256).unwrap();
        let card = ca.issue_for(&holder(1, CardClass::Operator), Kind::Good, key).unwrap();
        log_in(&world, &card).await.done(201);
    }
}
