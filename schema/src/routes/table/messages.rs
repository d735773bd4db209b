//! The routes of `messages`: J17.

use super::{BASE, CURSOR, LIMIT, health, text};
use crate::catalogue;
use crate::routes::{Access, Query, QueryKind, Route};

pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/messages",
        component: "messages",
        operation: "list_messages",
        summary: text("查看消息", "See one's messages"),
        access: Access::Session,
        response: Some("List<Message>"),
        query: &[
            Query {
                name: "unread",
                kind: QueryKind::Flag,
                description: text(
                    "true 只看未读，false 只看已读。",
                    "true for unread ones only, false for read ones only.",
                ),
            },
            LIMIT,
            CURSOR,
        ],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/messages/{id}/read",
        component: "messages",
        operation: "read_message",
        summary: text("标记消息为已读", "Mark a message as read"),
        access: Access::Session,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    health("/v1/health/messages", "messages", "health_messages"),
];
