//! The routes of `sessions`: J2.

use super::{BASE, CURSOR, LIMIT, health, text};
use crate::catalogue;
use crate::routes::{Access, Route};

pub(super) const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/v1/sessions",
        component: "sessions",
        operation: "create_session",
        summary: text("登录", "Log in"),
        request: Some("SessionRequest"),
        response: Some("SessionCreated"),
        success: 201,
        refusals: with_proof_refusals![
            &catalogue::METHOD_UNKNOWN,
            &catalogue::PHONE_FORMAT,
            &catalogue::SMS_CODE_FORMAT,
            &catalogue::SESSION_CREDENTIALS_WRONG,
            &catalogue::SESSION_LOCKED,
            &catalogue::SMS_CODE_INVALID,
            &catalogue::SMS_CODE_EXPIRED,
            &catalogue::SMS_CODE_EXHAUSTED,
            &catalogue::ACCOUNT_INACTIVE,
            &catalogue::PASSWORD_INITIAL_EXPIRED,
            &catalogue::ACCOUNT_LOCKED,
            &catalogue::ID_FORMAT,
        ],
        idempotent: true,
        refresh_cookie: true,
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/card-challenges",
        component: "sessions",
        operation: "request_card_challenge",
        summary: text("获取供 IC 卡签名的挑战", "Ask for something that a card shall sign"),
        request: Some("CardChallengeRequest"),
        access: Access::SessionIfGiven,
        response: Some("CardChallenge"),
        success: 201,
        refusals: &[
            &catalogue::CARD_PURPOSE_UNKNOWN,
            &catalogue::CARD_NUMBER_FORMAT,
            &catalogue::CARD_DIGEST_FORMAT,
            &catalogue::CARD_ORIGIN_REFUSED,
            &catalogue::RATE_LIMITED,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/sessions/refresh",
        component: "sessions",
        operation: "refresh_session",
        summary: text("用刷新令牌换取新令牌", "Swap a refresh token for new tokens"),
        request: Some("RefreshRequest"),
        response: Some("SessionCreated"),
        refusals: &[&catalogue::SESSION_REFRESH_INVALID, &catalogue::SESSION_REFRESH_REUSED, &catalogue::SESSION_ENDED],
        refresh_cookie: true,
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/sessions/current",
        component: "sessions",
        operation: "end_current_session",
        summary: text("退出登录", "Log out"),
        access: Access::Session,
        success: 204,
        refresh_cookie: true,
        ..BASE
    },
    Route {
        path: "/v1/me/sessions",
        component: "sessions",
        operation: "list_my_sessions",
        summary: text("查看我的会话", "See one's sessions"),
        access: Access::Session,
        response: Some("List<SessionItem>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/me/sessions/{id}",
        component: "sessions",
        operation: "end_my_session",
        summary: text("结束我的一个会话", "End one of one's sessions"),
        access: Access::Session,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        path: "/.well-known/jwks.json",
        component: "sessions",
        operation: "jwks",
        summary: text("验证访问令牌的公钥", "The public keys that access tokens are verified with"),
        response: Some("Jwks"),
        ..BASE
    },
    Route {
        path: "/openapi.json",
        component: "sessions",
        operation: "openapi",
        summary: text("本文档", "This document"),
        response: Some("OpenApi"),
        ..BASE
    },
    health("/v1/health", "sessions", "health"),
    health("/v1/health/sessions", "sessions", "health_sessions"),
];
