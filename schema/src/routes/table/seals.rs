//! The routes of `seals`: J15, J16.

use super::{BASE, CURSOR, LIMIT, health, text};
use crate::catalogue::{self, Refusal};
use crate::routes::{Access, Query, QueryKind, Route};

/// What one seal is answered for.
const SEAL: Route = Route {
    component: "seals",
    access: Access::Member,
    response: Some("Seal"),
    refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::SEAL_EVIDENCE_BROKEN],
    ..BASE
};

/// A change of a seal's state that puts it into use.
const INTO_USE: Route = Route {
    method: "POST",
    refusals: &[
        &catalogue::SEAL_LEGAL_PERSON_CARD_REQUIRED,
        &catalogue::RESOURCE_NOT_FOUND,
        &catalogue::SEAL_EVIDENCE_BROKEN,
        &catalogue::SEAL_STATE,
        &catalogue::SEAL_EXPIRED,
        &catalogue::REQUEST_PRECONDITION_FAILED,
    ],
    ..SEAL
};

/// How an image of a seal is refused, on top of what `$list` collects.
macro_rules! with_image_refusals {
    ($list:ident![$($own:expr),* $(,)?]) => {
        $list![
            $($own,)*
            &catalogue::SEAL_LEGAL_PERSON_CARD_REQUIRED,
            &catalogue::SEAL_NAME_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
            &catalogue::SEAL_KIND_UNKNOWN,
            &catalogue::SEAL_SHAPE_UNKNOWN,
            &catalogue::IMAGE_ENCODING,
            &catalogue::IMAGE_UNREADABLE,
            &catalogue::IMAGE_FOREIGN_CONTENT,
            &catalogue::IMAGE_ANIMATED,
            &catalogue::IMAGE_COLOUR_MODEL,
            &catalogue::IMAGE_PIXELS,
            &catalogue::IMAGE_RESOLUTION,
            &catalogue::IMAGE_SIZE,
            &catalogue::IMAGE_NOT_ROUND,
            &catalogue::IMAGE_COLOUR,
            &catalogue::IMAGE_INK,
        ]
    };
}

macro_rules! refusals {
    ($($own:expr),* $(,)?) => {
        &[$($own),*]
    };
}

/// What is signed by a card: how that is refused, too.
macro_rules! signed {
    ($($own:expr),* $(,)?) => {
        with_image_refusals![with_proof_refusals![$($own,)* &catalogue::ID_FORMAT, &catalogue::SEAL_DAILY_LIMIT]]
    };
}

const CREATE: &[&Refusal] = signed![&catalogue::SEAL_LIMIT];
const CHANGE: &[&Refusal] = signed![
    &catalogue::RESOURCE_NOT_FOUND,
    &catalogue::SEAL_EVIDENCE_BROKEN,
    &catalogue::SEAL_NOTHING_TO_CHANGE,
    &catalogue::REQUEST_PRECONDITION_FAILED,
];
const CHECK: &[&Refusal] = with_image_refusals![refusals![
    &catalogue::RESOURCE_NOT_FOUND,
    &catalogue::SEAL_EVIDENCE_BROKEN,
    &catalogue::SEAL_NOTHING_TO_CHANGE,
]];

/// What one signature image is answered for.
const SIGNATURE: Route = Route {
    component: "seals",
    access: Access::Session,
    response: Some("SignatureImage"),
    refusals: &[&catalogue::RESOURCE_NOT_FOUND],
    ..BASE
};

/// A change of a signature image's state.
const SIGNATURE_STATE: Route = Route {
    method: "POST",
    refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::SIGNATURE_STATE, &catalogue::REQUEST_PRECONDITION_FAILED],
    ..SIGNATURE
};

const STATE: Query = Query {
    name: "state",
    kind: QueryKind::OneOf(&["draft", "authorized", "disabled"]),
    description: text("只看某一状态的。", "Those in one state only."),
};

pub(super) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/seals",
        operation: "list_seals",
        summary: text("查看本企业的印章", "See the enterprise's seals"),
        response: Some("List<Seal>"),
        query: &[
            Query {
                name: "kind",
                kind: QueryKind::OneOf(&["official", "contract", "finance", "customs", "invoice"]),
                description: text("只看某一类型的。", "Those of one kind only."),
            },
            STATE,
            LIMIT,
            CURSOR,
        ],
        refusals: &[],
        ..SEAL
    },
    Route {
        method: "POST",
        path: "/v1/seals",
        operation: "create_seal",
        summary: text("制作印章（须法人卡）", "Make a seal, with the legal-person card"),
        request: Some("SealRequest"),
        success: 201,
        refusals: CREATE,
        idempotent: true,
        ..SEAL
    },
    Route {
        method: "POST",
        path: "/v1/seals/check",
        operation: "check_seal",
        summary: text(
            "检查印章图片，取得须用卡签署的摘要",
            "Check a seal's image and get the digest that the card is to sign",
        ),
        request: Some("SealCheck"),
        response: Some("SealDraft"),
        refusals: CHECK,
        ..SEAL
    },
    Route { path: "/v1/seals/{id}", operation: "get_seal", summary: text("查看印章", "See a seal"), ..SEAL },
    Route {
        method: "PATCH",
        path: "/v1/seals/{id}",
        operation: "change_seal",
        summary: text("修改印章（须法人卡）", "Change a seal, with the legal-person card"),
        request: Some("SealPatch"),
        refusals: CHANGE,
        ..SEAL
    },
    Route {
        method: "DELETE",
        path: "/v1/seals/{id}",
        operation: "delete_seal",
        summary: text("删除印章", "Delete a seal; its evidence is kept"),
        response: None,
        success: 204,
        refusals: &[
            &catalogue::PERMISSION_DENIED,
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::REQUEST_PRECONDITION_FAILED,
        ],
        ..SEAL
    },
    Route {
        path: "/v1/seals/{id}/authorize",
        operation: "authorize_seal",
        summary: text("启用印章（须法人卡）", "Put a seal into use, with the legal-person card"),
        ..INTO_USE
    },
    Route {
        method: "POST",
        path: "/v1/seals/{id}/disable",
        operation: "disable_seal",
        summary: text("停用印章", "Disable a seal"),
        refusals: &[
            &catalogue::PERMISSION_DENIED,
            &catalogue::RESOURCE_NOT_FOUND,
            &catalogue::SEAL_STATE,
            &catalogue::REQUEST_PRECONDITION_FAILED,
        ],
        ..SEAL
    },
    Route {
        path: "/v1/seals/{id}/enable",
        operation: "enable_seal",
        summary: text("恢复印章（须法人卡）", "Put a disabled seal into use again, with the legal-person card"),
        ..INTO_USE
    },
    Route {
        path: "/v1/seals/{id}/default",
        operation: "set_default_seal",
        summary: text(
            "设为该类型的默认印章（须法人卡）",
            "Make a seal the default of its kind, with the legal-person card",
        ),
        ..INTO_USE
    },
    Route {
        path: "/v1/seals/{id}/image",
        operation: "get_seal_image",
        summary: text("取印章图片", "Get a seal's image"),
        response: Some("image/png"),
        ..SEAL
    },
    Route {
        path: "/v1/seals/{id}/seseal",
        operation: "get_seal_structure",
        summary: text("取电子印章数据（GB/T 38540，DER）", "Get a seal as an SESeal (GB/T 38540, DER)"),
        response: Some("application/octet-stream"),
        ..SEAL
    },
    Route {
        path: "/v1/signatures",
        operation: "list_signatures",
        summary: text("查看我的签名", "See one's signature images"),
        response: Some("List<SignatureImage>"),
        query: &[STATE, LIMIT, CURSOR],
        refusals: &[],
        ..SIGNATURE
    },
    Route {
        method: "POST",
        path: "/v1/signatures",
        operation: "create_signature",
        summary: text("制作签名", "Make a signature image"),
        request: Some("SignatureRequest"),
        success: 201,
        refusals: &[
            &catalogue::SEAL_NAME_LENGTH,
            &catalogue::TEXT_CONTROL_CHARACTERS,
            &catalogue::IMAGE_ENCODING,
            &catalogue::IMAGE_UNREADABLE,
            &catalogue::IMAGE_FOREIGN_CONTENT,
            &catalogue::IMAGE_ANIMATED,
            &catalogue::IMAGE_TRANSPARENCY,
            &catalogue::IMAGE_PIXELS,
            &catalogue::IMAGE_RESOLUTION,
            &catalogue::IMAGE_SIZE,
            &catalogue::IMAGE_SIGNATURE_COLOUR,
            &catalogue::IMAGE_INK,
            &catalogue::SIGNATURE_LIMIT,
        ],
        idempotent: true,
        ..SIGNATURE
    },
    Route {
        path: "/v1/signatures/{id}",
        operation: "get_signature",
        summary: text("查看签名", "See a signature image's data"),
        ..SIGNATURE
    },
    Route {
        method: "DELETE",
        path: "/v1/signatures/{id}",
        operation: "delete_signature",
        summary: text("删除签名", "Delete a signature image"),
        response: None,
        success: 204,
        refusals: &[&catalogue::RESOURCE_NOT_FOUND, &catalogue::REQUEST_PRECONDITION_FAILED],
        ..SIGNATURE
    },
    Route {
        path: "/v1/signatures/{id}/authorize",
        operation: "authorize_signature",
        summary: text("启用签名", "Put a signature image into use"),
        ..SIGNATURE_STATE
    },
    Route {
        path: "/v1/signatures/{id}/disable",
        operation: "disable_signature",
        summary: text("停用签名", "Disable a signature image"),
        ..SIGNATURE_STATE
    },
    Route {
        path: "/v1/signatures/{id}/enable",
        operation: "enable_signature",
        summary: text("恢复签名", "Put a disabled signature image into use again"),
        ..SIGNATURE_STATE
    },
    Route {
        path: "/v1/signatures/{id}/default",
        operation: "set_default_signature",
        summary: text("设为默认签名", "Make a signature image the default"),
        ..SIGNATURE_STATE
    },
    Route {
        path: "/v1/signatures/{id}/image",
        operation: "get_signature_image",
        summary: text("取签名图片", "Get a signature image"),
        response: Some("image/png"),
        ..SIGNATURE
    },
    health("/v1/health/seals", "seals", "health_seals"),
];
