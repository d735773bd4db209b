//! What each field of a request takes, as JSON Schema.
//!
//! The descriptions stand with the wire types. A schema here never refuses what the parser of [`crate::domain`] accepts (a test holds the two together); where a rule can't be
//! said in a schema, such as a check character, the parser refuses more.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;

use crate::domain::{Address, Email, IdType, NewPassword, PersonName, Reason, SmsPurpose, Telephone, Username};

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
