//! The routes of `permissions`: J14.

use super::{BASE, CURSOR, LIMIT, health, text};
use crate::catalogue;
use crate::routes::{Access, Query, QueryKind, Route};

const FORWARD: &[Query] = &[
    Query {
        name: "application",
        kind: QueryKind::Text,
        description: text("应用代码，必填。", "The application's code; it must be there."),
    },
    Query {
        name: "action",
        kind: QueryKind::Text,
        description: text("操作代码，必填。", "The action's code; it must be there."),
    },
];

const FORWARDED: Route = Route {
    path: "/v1/check/forward",
    component: "permissions",
    summary: text(
        "供反向代理查询一项权限（任何方法都一样）",
        "Check one permission for a reverse proxy (the same with any method)",
    ),
    access: Access::Session,
    response: Some("CheckResult"),
    query: FORWARD,
    refusals: &[&catalogue::PERMISSION_DENIED],
    ..BASE
};

/// A proxy asks with the method of the request that it wants to pass on (Envoy), or always with GET (nginx, Traefik).
const fn forward(method: &'static str, operation: &'static str) -> Route {
    Route { method, operation, ..FORWARDED }
}

pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/applications",
        component: "permissions",
        operation: "list_applications",
        summary: text("查看应用目录", "See the catalogue of applications"),
        access: Access::Session,
        response: Some("List<Application>"),
        ..BASE
    },
    Route {
        path: "/v1/enterprise/entitlements",
        component: "permissions",
        operation: "get_entitlements",
        summary: text("查看本企业的应用权限", "See the enterprise's entitlements"),
        access: Access::Member,
        response: Some("Entitlements"),
        ..BASE
    },
    Route {
        method: "PUT",
        path: "/v1/enterprise/entitlements",
        component: "permissions",
        operation: "set_entitlements",
        summary: text("修改本企业的应用权限", "Set the enterprise's entitlements"),
        access: Access::Administrator,
        request: Some("EntitlementsUpdate"),
        response: Some("Entitlements"),
        refusals: &[
            &catalogue::APPLICATION_UNKNOWN,
            &catalogue::ACTION_UNKNOWN,
            &catalogue::REQUEST_PRECONDITION_FAILED,
        ],
        ..BASE
    },
    Route {
        path: "/v1/enterprise/grants",
        component: "permissions",
        operation: "list_grants",
        summary: text("查看本企业人员的授权", "See what the enterprise's people may do"),
        access: Access::Administrator,
        response: Some("List<MemberGrants>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        path: "/v1/operators/{id}/grants",
        component: "permissions",
        operation: "get_grants",
        summary: text("查看操作员的授权", "See what an operator may do"),
        access: Access::Administrator,
        response: Some("Grants"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::OPERATOR_IS_ADMINISTRATOR],
        ..BASE
    },
    Route {
        method: "PUT",
        path: "/v1/operators/{id}/grants",
        component: "permissions",
        operation: "set_grants",
        summary: text("修改操作员的授权", "Set what an operator may do"),
        access: Access::Administrator,
        request: Some("GrantsUpdate"),
        response: Some("Grants"),
        refusals: &[
            &catalogue::APPLICATION_UNKNOWN,
            &catalogue::ACTION_UNKNOWN,
            &catalogue::GRANT_EXCEEDS_ENTITLEMENT,
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::OPERATOR_IS_ADMINISTRATOR,
            &catalogue::REQUEST_PRECONDITION_FAILED,
        ],
        ..BASE
    },
    Route {
        path: "/v1/me/grants",
        component: "permissions",
        operation: "get_my_grants",
        summary: text("查看我的权限", "See what one may do"),
        access: Access::Session,
        response: Some("MyGrants"),
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/check",
        component: "permissions",
        operation: "check",
        summary: text("查询当前用户的权限", "Check what the caller may do"),
        access: Access::Session,
        request: Some("CheckRequest"),
        response: Some("CheckResults"),
        refusals: &[&catalogue::CHECK_TOO_MANY],
        ..BASE
    },
    forward("GET", "check_forward"),
    forward("POST", "check_forward_post"),
    forward("PUT", "check_forward_put"),
    forward("PATCH", "check_forward_patch"),
    forward("DELETE", "check_forward_delete"),
    forward("OPTIONS", "check_forward_options"),
    health("/v1/health/permissions", "permissions", "health_permissions"),
];
