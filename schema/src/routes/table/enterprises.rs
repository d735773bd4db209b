//! The routes of `enterprises`: J6, J9, J12, J13.

use super::{BASE, CURSOR, LIMIT, health, text};
use crate::catalogue;
use crate::routes::{Access, Route};

pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/enterprise/qualifications",
        component: "enterprises",
        operation: "list_qualifications",
        summary: text("查看企业资质", "See the enterprise's qualifications"),
        access: Access::Administrator,
        response: Some("List<Qualification>"),
        query: &[LIMIT, CURSOR],
        ..BASE
    },
    Route {
        method: "POST",
        path: "/v1/enterprise/qualifications",
        component: "enterprises",
        operation: "create_qualification",
        summary: text("登记企业资质", "Enter a qualification"),
        access: Access::Administrator,
        request: Some("QualificationRequest"),
        response: Some("Qualification"),
        success: 201,
        refusals: &[
            &catalogue::QUALIFICATION_EXISTS,
            &catalogue::DEPARTMENT_LENGTH,
            &catalogue::QUALIFICATION_KIND,
            &catalogue::QUALIFICATION_NUMBER,
            &catalogue::QUALIFICATION_CUSTOMS_CODE,
            &catalogue::QUALIFICATION_DATES,
            &catalogue::DATE_FORMAT,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        idempotent: true,
        ..BASE
    },
    Route {
        path: "/v1/enterprise/qualifications/{id}",
        component: "enterprises",
        operation: "get_qualification",
        summary: text("查看一项企业资质", "See a qualification"),
        access: Access::Administrator,
        response: Some("Qualification"),
        refusals: &[&catalogue::RESOURCE_NOT_FOUND],
        ..BASE
    },
    Route {
        method: "PATCH",
        path: "/v1/enterprise/qualifications/{id}",
        component: "enterprises",
        operation: "update_qualification",
        summary: text("修改企业资质", "Change a qualification"),
        access: Access::Administrator,
        request: Some("QualificationPatch"),
        response: Some("Qualification"),
        refusals: &[
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::REQUEST_PRECONDITION_FAILED,
            &catalogue::QUALIFICATION_EXISTS,
            &catalogue::DEPARTMENT_LENGTH,
            &catalogue::QUALIFICATION_KIND,
            &catalogue::QUALIFICATION_NUMBER,
            &catalogue::QUALIFICATION_CUSTOMS_CODE,
            &catalogue::QUALIFICATION_DATES,
            &catalogue::DATE_FORMAT,
            &catalogue::TEXT_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
        ],
        ..BASE
    },
    Route {
        method: "DELETE",
        path: "/v1/enterprise/qualifications/{id}",
        component: "enterprises",
        operation: "delete_qualification",
        summary: text("删除企业资质", "Remove a qualification"),
        access: Access::Administrator,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::REQUEST_PRECONDITION_FAILED],
        ..BASE
    },
    Route {
        path: "/v1/enterprise/qualification-kinds",
        component: "enterprises",
        operation: "list_qualification_kinds",
        summary: text("查看资质类型", "See which kinds of qualification there are"),
        access: Access::Session,
        response: Some("List<QualificationKindItem>"),
        ..BASE
    },
    health("/v1/health/enterprises", "enterprises", "health_enterprises"),
];
