//! What each field of a request takes, as JSON Schema.
//!
//! The descriptions stand with the wire types. A schema here never refuses what the parser of [`crate::domain`] accepts (a test holds the two together); where a rule can't be
//! said in a schema, such as a check character, the parser refuses more.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::domain::{
    Address, BusinessScope, Department, DisplayName, Email, EnterpriseName, IdType, NewPassword, Notes, PermissionCode,
    PersonName, QualificationKind, Reason, SealKind, SealName, SealShape, SmsPurpose, Telephone, Username,
};

/// The names of a closed set.
fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().copied().map(name).collect()
}

/// `schema`, or null.
fn or_null(mut schema: Schema) -> Schema {
    schema.insert("type".to_owned(), json!(["string", "null"]));
    schema
}

pub(crate) fn phone(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[ -]*(\\+[ -]*8[ -]*6[ -]*)?1[ -]*[3-9]([ -]*[0-9]){9}[ -]*$",
        "maxLength": 32,
        "examples": ["138 1234 5678"]
    })
}

pub(crate) fn purpose(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "enum": names(SmsPurpose::ALL, SmsPurpose::as_str)
    })
}

pub(crate) fn username(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[a-zA-Z\u{3400}-\u{4DBF}\u{4E00}-\u{9FFF}\u{20000}-\u{2A6DF}\u{2A700}-\u{2EBE0}\u{30000}-\u{323AF}][a-zA-Z0-9_.\u{3400}-\u{4DBF}\u{4E00}-\u{9FFF}\u{20000}-\u{2A6DF}\u{2A700}-\u{2EBE0}\u{30000}-\u{323AF}-]*$",
        "minLength": Username::SHORTEST,
        "maxLength": Username::LONGEST,
        "examples": ["zhang.san"]
    })
}

pub(crate) fn person_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[^\\u0000-\\u001f0-9<>\"&;]+$",
        "minLength": 1,
        "maxLength": PersonName::LONGEST,
        "examples": ["张三"]
    })
}

pub(crate) fn id_type(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "enum": names(IdType::ALL, IdType::as_str)
    })
}

pub(crate) fn id_number(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[0-9A-Za-z]+$",
        "minLength": 5,
        "maxLength": 18,
        "examples": ["11010519491231002X"]
    })
}

pub(crate) fn sms_code(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[0-9]{6}$",
        "minLength": 6,
        "maxLength": 6,
        "examples": ["135790"]
    })
}

pub(crate) fn new_password(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[^\\u0000-\\u001f]+$",
        "minLength": NewPassword::SHORTEST,
        "maxLength": NewPassword::LONGEST,
        "examples": ["correct horse battery"]
    })
}

/// Text that any value is tried of: it says nothing about what is right.
pub(crate) fn any_text(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string" })
}

pub(crate) fn email_or_null(_: &mut SchemaGenerator) -> Schema {
    or_null(json_schema!({
        "pattern": "^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\\.)+[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$",
        "maxLength": Email::LONGEST,
        "examples": ["zhang.san@example.com"]
    }))
}

pub(crate) fn address_or_null(_: &mut SchemaGenerator) -> Schema {
    or_null(json_schema!({
        "pattern": "\\S",
        "minLength": 1,
        "maxLength": Address::LONGEST,
        "examples": ["陕西省西安市未央区凤城八路 1 号"]
    }))
}

pub(crate) fn postcode_or_null(_: &mut SchemaGenerator) -> Schema {
    or_null(json_schema!({
        "pattern": "^[0-9]{6}$",
        "minLength": 6,
        "maxLength": 6,
        "examples": ["710018"]
    }))
}

pub(crate) fn telephone_or_null(_: &mut SchemaGenerator) -> Schema {
    or_null(json_schema!({
        "pattern": "^[0-9+() -]{5,}( ?(转|[eE][xX][tT]\\.?|[xX]) ?[0-9]{1,6})?$",
        "minLength": 5,
        "maxLength": Telephone::LONGEST,
        "examples": ["029-8888 6666 转 801"]
    }))
}

pub(crate) fn reason(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "\\S",
        "minLength": 1,
        "maxLength": Reason::LONGEST,
        "examples": ["本人来电要求"]
    })
}

pub(crate) fn id(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "uuid", "examples": ["019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11"] })
}

pub(crate) fn base64(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[A-Za-z0-9+/_-]+={0,2}$",
        "minLength": 4,
        "maxLength": 32768,
        "examples": ["MEUCIQDxTrc"]
    })
}

pub(crate) fn card_purpose(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["login", "bind", "seal", "admin_transfer"] })
}

pub(crate) fn card_number(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^ *(03-)?[0-9A-Za-z]{4,32} *$",
        "minLength": 4,
        "maxLength": 64,
        "examples": ["8930000104271"]
    })
}

pub(crate) fn digest(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[0-9A-Fa-f]{64}$",
        "minLength": 64,
        "maxLength": 64,
        "examples": ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]
    })
}

pub(crate) fn card_algorithm(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["SM2", "ES256", "RS256"] })
}

pub(crate) fn card_class(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["legal_person", "operator"] })
}

pub(crate) fn trust_kind(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["anchor", "intermediate"] })
}

pub(crate) fn role(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["admin", "operator"] })
}

pub(crate) fn uscc(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[0-9A-HJ-NP-RTUW-Ya-hj-np-rtuw-y]{18}$",
        "minLength": 18,
        "maxLength": 18,
        "examples": ["913300007458363392"]
    })
}

pub(crate) fn enterprise_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "\\S",
        "minLength": 1,
        "maxLength": EnterpriseName::LONGEST,
        "examples": ["西安示例贸易有限公司"]
    })
}

pub(crate) fn business_scope(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "\\S",
        "minLength": 1,
        "maxLength": BusinessScope::LONGEST,
        "examples": ["货物进出口；国际货运代理"]
    })
}

pub(crate) fn address(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = address_or_null(generator);
    schema.insert("type".to_owned(), json!("string"));
    schema
}

pub(crate) fn person_name_or_null(generator: &mut SchemaGenerator) -> Schema {
    or_null(person_name(generator))
}

pub(crate) fn card_number_or_null(generator: &mut SchemaGenerator) -> Schema {
    or_null(card_number(generator))
}

pub(crate) fn department(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "\\S",
        "minLength": 1,
        "maxLength": Department::LONGEST,
        "examples": ["报关部"]
    })
}

pub(crate) fn department_or_null(generator: &mut SchemaGenerator) -> Schema {
    or_null(department(generator))
}

pub(crate) fn qualification_kind(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "enum": names(QualificationKind::ALL, QualificationKind::as_str)
    })
}

pub(crate) fn qualification_number(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "\\S",
        "minLength": 1,
        "maxLength": 66,
        "examples": ["6101960ABC"]
    })
}

pub(crate) fn date_or_null(_: &mut SchemaGenerator) -> Schema {
    or_null(json_schema!({
        "format": "date",
        "pattern": "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$",
        "minLength": 10,
        "maxLength": 10,
        "examples": ["2027-06-30"]
    }))
}

pub(crate) fn notes_or_null(_: &mut SchemaGenerator) -> Schema {
    or_null(json_schema!({
        "maxLength": Notes::LONGEST,
        "examples": ["报关企业"]
    }))
}

pub(crate) fn channels(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "items": { "type": "string", "enum": ["inbox", "sms"] }
    })
}

pub(crate) fn lead_days(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "items": { "type": "integer", "minimum": 1, "maximum": 180 },
        "minItems": 1,
        "maxItems": 5
    })
}

pub(crate) fn language_or_null(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["string", "null"], "enum": ["zh-CN", "en", null] })
}

pub(crate) fn permission_code(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^[a-z][a-z0-9_]*$",
        "minLength": PermissionCode::SHORTEST,
        "maxLength": PermissionCode::LONGEST,
        "examples": ["goods_declaration"]
    })
}

pub(crate) fn permission_codes(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": permission_code(generator), "maxItems": 200 })
}

pub(crate) fn display_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "\\S",
        "minLength": 1,
        "maxLength": DisplayName::LONGEST,
        "examples": ["货物申报"]
    })
}

pub(crate) fn position(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX })
}

pub(crate) fn seal_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "\\S",
        "minLength": 1,
        "maxLength": SealName::LONGEST,
        "examples": ["西安示例贸易有限公司"]
    })
}

pub(crate) fn seal_kind(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": names(SealKind::ALL, SealKind::as_str) })
}

pub(crate) fn seal_shape(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": names(SealShape::ALL, SealShape::as_str) })
}

/// A file of an image: 3 MiB at the most.
pub(crate) fn image(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "contentEncoding": "base64",
        "pattern": "^[A-Za-z0-9+/_-]+={0,2}$",
        "minLength": 4,
        "maxLength": 4_194_304,
        "examples": ["iVBORw0KGgoAAAANSUhEUg"]
    })
}
