//! The routes of `cards`: J10.

use super::{BASE, health, text};
use crate::catalogue;
use crate::routes::{Access, Route};

pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/me/card",
        component: "cards",
        operation: "get_my_card",
        summary: text("查看绑定的卡", "See the card that is tied to one's account"),
        access: Access::Session,
        response: Some("Card"),
        refusals: &[&catalogue::CARD_NOT_BOUND],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/me/card",
        component: "cards",
        operation: "bind_card",
        summary: text("绑卡", "Tie one's card to one's account"),
        access: Access::Session,
        request: Some("CardBinding"),
        response: Some("Card"),
        success: 201,
        refusals: with_proof_refusals![
            &catalogue::CARD_NUMBER_FORMAT,
            &catalogue::ID_FORMAT,
            &catalogue::CARD_NUMBER_MISMATCH,
            &catalogue::CARD_ALREADY_BOUND,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/me/card",
        component: "cards",
        operation: "unbind_card",
        summary: text("解卡", "Untie the card from one's account"),
        access: Access::Session,
        success: 204,
        refusals: &[&catalogue::CARD_NOT_BOUND, &catalogue::CARD_LAST_CREDENTIAL],
        ..BASE
    },
    health("/v1/health/cards", "cards", "health_cards"),
];
