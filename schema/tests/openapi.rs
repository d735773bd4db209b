//! The OpenAPI document holds together, and says what the parsers do.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test, helpers included")]

use std::collections::HashSet;

use eport_schema::catalogue::Invalid;
use eport_schema::domain::*;
use eport_schema::openapi::{document, example};
use eport_schema::routes::{Access, ROUTES};
use eport_schema::wire::*;
use jsonschema::Validator;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::macros::date;

/// All objects in a value, with their places.
fn objects<'a>(value: &'a Value, place: String, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            found.push((place.clone(), value));
            for (name, member) in members {
                objects(member, format!("{place}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                objects(item, format!("{place}/{i}"), found);
            }
        }
        _ => {}
    }
}

/// `schema` with the document's components at hand.
fn validator(document: &Value, schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
}

/// What `value` is or refers to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => value,
    }
}

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect()
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut found = Vec::new();
    objects(&document, String::new(), &mut found);
    let mut references = 0;
    for (place, object) in found {
        if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
            references += 1;
            let target = document.pointer(reference.strip_prefix('#').unwrap());
            assert!(target.is_some(), "{place}: {reference}");
        }
    }
    assert!(references > 100);
}

#[test]
fn every_component_is_used() {
    let document = document();
    let text = document.to_string();
    for kind in ["schemas", "parameters", "headers", "responses"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(text.contains(&format!("\"#/components/{kind}/{name}\"")), "{kind}/{name}");
        }
    }
}

#[test]
fn every_route_is_there_once_under_its_own_operation_id() {
    let document = document();
    let operations = operations(&document);
    let ids: HashSet<_> = operations.iter().map(|(_, operation)| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), operations.len()), (ROUTES.len(), ROUTES.len()));
    for route in ROUTES {
        let operation = &document["paths"][route.path][route.method.to_lowercase()];
        assert_eq!(operation["operationId"], route.operation);
        let body = route.request.is_some() || route.takes.is_some();
        assert_eq!(operation["requestBody"].is_object(), body, "{}", route.operation);
        assert_eq!(operation["security"] == json!([]), route.access == Access::Public, "{}", route.operation);
        let named: HashSet<_> = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(named, route.parameters().collect(), "{}", route.path);
    }
}

#[test]
fn every_refusal_of_a_route_is_documented_under_its_status() {
    let document = document();
    for route in ROUTES {
        let responses = &document["paths"][route.path][route.method.to_lowercase()]["responses"];
        for refusal in route.all_refusals() {
            let answer = resolved(&document, &responses[refusal.status.to_string()]);
            let schema = &answer["content"]["application/problem+json"]["schema"];
            let codes = schema["properties"]["code"]["enum"].as_array().unwrap();
            assert!(codes.contains(&json!(refusal.code)), "{} {}", route.operation, refusal.code);
        }
    }
}

#[test]
fn bodies_have_schemas_and_examples_that_fit_them() {
    let document = document();
    for (name, operation) in operations(&document) {
        let mut bodies = vec![&operation["requestBody"]["content"]["application/json"]];
        bodies.extend(
            operation["responses"].as_object().unwrap().values().map(|answer| &answer["content"]["application/json"]),
        );
        for body in bodies.into_iter().filter(|body| body.is_object()) {
            assert!(body["schema"].is_object(), "{name} has a body without a schema");
            let validator = validator(&document, &body["schema"]);
            if let Some(example) = body.get("example") {
                let errors: Vec<_> = validator.iter_errors(example).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{name}: {errors:?}");
            } else {
                assert_eq!(name, "get /openapi.json");
            }
        }
    }
}

#[test]
fn the_document_fits_its_own_description() {
    let document = document();
    let schema =
        &document["paths"]["/openapi.json"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert!(validator(&document, schema).is_valid(&document));
}

#[test]
fn the_examples_of_refusals_fit_their_schema() {
    let document = document();
    for (name, operation) in operations(&document) {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let body = &resolved(&document, answer)["content"]["application/problem+json"];
            let Some(examples) = body["examples"].as_object() else {
                continue;
            };
            let validator = validator(&document, &body["schema"]);
            for reference in examples.values() {
                let pointer = reference["$ref"].as_str().unwrap().strip_prefix('#').unwrap();
                let example = &document.pointer(pointer).unwrap()["value"];
                assert!(validator.is_valid(example), "{name} {status} {example}");
            }
            let mut other = document["components"]["examples"]["session.locked"]["value"].clone();
            other["code"] = json!("nothing.known");
            assert!(!validator.is_valid(&other), "{name} {status}");
        }
    }
}

#[test]
fn examples_are_read_by_the_types() {
    fn reads<T: DeserializeOwned + serde::Serialize>(name: &str) {
        let example = example(name).unwrap();
        let read: T = serde_json::from_value(example.clone()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(serde_json::to_value(&read).unwrap(), example, "{name}");
    }
    reads::<SmsCodeRequest>("SmsCodeRequest");
    reads::<SmsCodeAccepted>("SmsCodeAccepted");
    reads::<RegistrationRequest>("RegistrationRequest");
    reads::<RegistrationCreated>("RegistrationCreated");
    reads::<RegistrationPassword>("RegistrationPassword");
    reads::<PasswordResetRequest>("PasswordResetRequest");
    reads::<List<OutboxItem>>("List<OutboxItem>");
    reads::<SessionRequest>("SessionRequest");
    reads::<SessionCreated>("SessionCreated");
    reads::<RefreshRequest>("RefreshRequest");
    reads::<List<SessionItem>>("List<SessionItem>");
    reads::<Jwks>("Jwks");
    reads::<Health>("Health");
    reads::<Me>("Me");
    reads::<MePatch>("MePatch");
    reads::<PhoneChange>("PhoneChange");
    reads::<PasswordChange>("PasswordChange");
    reads::<List<Message>>("List<Message>");
    reads::<List<PlatformAccount>>("List<PlatformAccount>");
    reads::<PlatformAccount>("PlatformAccount");
    reads::<LockRequest>("LockRequest");
    reads::<RevealRequest>("RevealRequest");
    reads::<Revealed>("Revealed");
    reads::<List<AuditEntry>>("List<AuditEntry>");
    reads::<RegistryEnterprise>("RegistryEnterprise");
    reads::<AssociationRequest>("AssociationRequest");
    reads::<Association>("Association");
    reads::<List<Association>>("List<Association>");
    reads::<AssociationRejection>("AssociationRejection");
    reads::<Enterprise>("Enterprise");
    reads::<EnterprisePatch>("EnterprisePatch");
    reads::<SyncRequest>("SyncRequest");
    reads::<SyncResult>("SyncResult");
    reads::<AdminTransferRequest>("AdminTransferRequest");
    reads::<List<EnterpriseAuditEntry>>("List<EnterpriseAuditEntry>");
    reads::<List<Operator>>("List<Operator>");
    reads::<OperatorRequest>("OperatorRequest");
    reads::<OperatorPatch>("OperatorPatch");
    reads::<List<Invitation>>("List<Invitation>");
    reads::<List<Qualification>>("List<Qualification>");
    reads::<QualificationRequest>("QualificationRequest");
    reads::<QualificationPatch>("QualificationPatch");
    reads::<List<QualificationKindItem>>("List<QualificationKindItem>");
    reads::<ReminderSettings>("ReminderSettings");
    reads::<ReminderSettingsRequest>("ReminderSettingsRequest");
    reads::<RemindersRun>("RemindersRun");
    reads::<List<Application>>("List<Application>");
    reads::<Entitlements>("Entitlements");
    reads::<EntitlementsUpdate>("EntitlementsUpdate");
    reads::<Grants>("Grants");
    reads::<GrantsUpdate>("GrantsUpdate");
    reads::<MyGrants>("MyGrants");
    reads::<List<MemberGrants>>("List<MemberGrants>");
    reads::<CheckRequest>("CheckRequest");
    reads::<CheckResults>("CheckResults");
    reads::<CheckResult>("CheckResult");
    reads::<ApplicationCreate>("ApplicationCreate");
    reads::<ApplicationPatch>("ApplicationPatch");
    reads::<PlatformApplication>("PlatformApplication");
    reads::<List<PlatformApplication>>("List<PlatformApplication>");
    reads::<AuditEntry>("AuditEntry");
    reads::<StaffDecision>("StaffDecision");
    reads::<AdministratorDecision>("AdministratorDecision");
    reads::<StaffCardBinding>("StaffCardBinding");
    reads::<List<PlatformEnterprise>>("List<PlatformEnterprise>");
    reads::<PlatformEnterprise>("PlatformEnterprise");
    reads::<List<PlatformMember>>("List<PlatformMember>");
    reads::<List<RegistryImport>>("List<RegistryImport>");
    reads::<RegistryImport>("RegistryImport");
}

/// A field of a request, with its parser.
struct Field {
    request: &'static str,
    name: &'static str,
    accepts: fn(&str) -> Result<(), Invalid>,
}

fn id_number(text: &str) -> Result<(), Invalid> {
    let today = date!(2026 - 11 - 22);
    let known = |id_type: &IdType| IdDocument::parse(*id_type, text, today).map(drop);
    IdType::ALL
        .iter()
        .map(known)
        .find(Result::is_ok)
        .unwrap_or(Err(Invalid(&eport_schema::catalogue::ID_NUMBER_FORMAT)))
}

const FIELDS: &[Field] = &[
    Field { request: "SmsCodeRequest", name: "phone", accepts: |text| Phone::parse(text).map(drop) },
    Field { request: "SmsCodeRequest", name: "purpose", accepts: |text| SmsPurpose::parse(text).map(drop) },
    Field { request: "RegistrationRequest", name: "username", accepts: |text| Username::parse(text).map(drop) },
    Field { request: "RegistrationRequest", name: "name", accepts: |text| PersonName::parse(text).map(drop) },
    Field { request: "RegistrationRequest", name: "id_type", accepts: |text| IdType::parse(text).map(drop) },
    Field { request: "RegistrationRequest", name: "id_number", accepts: id_number },
    Field { request: "RegistrationRequest", name: "sms_code", accepts: |text| SmsCode::parse(text).map(drop) },
    Field {
        request: "RegistrationPassword",
        name: "password",
        accepts: |text| NewPassword::parse(text, "zhang").map(drop),
    },
    Field { request: "MePatch", name: "email", accepts: |text| Email::parse(text).map(drop) },
    Field { request: "MePatch", name: "address", accepts: |text| Address::parse(text).map(drop) },
    Field { request: "MePatch", name: "postcode", accepts: |text| Postcode::parse(text).map(drop) },
    Field { request: "MePatch", name: "telephone", accepts: |text| Telephone::parse(text).map(drop) },
    Field { request: "Name", name: "zh", accepts: |text| DisplayName::parse(text).map(drop) },
    Field { request: "Action", name: "code", accepts: |text| PermissionCode::parse(text).map(drop) },
    Field { request: "LockRequest", name: "reason", accepts: |text| Reason::parse(text).map(drop) },
];

/// Each field with the validator of its schema.
fn fields() -> Vec<(&'static Field, Validator)> {
    let document = document();
    FIELDS
        .iter()
        .map(|field| {
            let schema = &document["components"]["schemas"][field.request]["properties"][field.name];
            assert!(schema.is_object(), "{}.{}", field.request, field.name);
            (field, validator(&document, schema))
        })
        .collect()
}

#[test]
fn examples_of_fields_are_what_the_parsers_accept() {
    let document = document();
    for field in FIELDS {
        let schema = &document["components"]["schemas"][field.request]["properties"][field.name];
        let examples = schema.get("examples").or(schema.get("enum")).and_then(Value::as_array).unwrap();
        assert!(!examples.is_empty());
        for example in examples {
            assert_eq!((field.accepts)(example.as_str().unwrap()), Ok(()), "{} {example}", field.name);
        }
    }
}

#[test]
fn what_the_parsers_accept_fits_the_schemas() {
    let fields = fields();
    for text in [
        "13812345678",
        "+86 138-1234-5678",
        " 1 3 8 1 2 3 4 5 6 7 8 ",
        "register",
        "change_phone",
        "zhang.san",
        "张三丰",
        "𠮷野家",
        "Abc_-.",
        "张三",
        "买买提·吐尔逊",
        "Anne-Marie O'Neil Jr.",
        "किशोर",
        " 王小明 ",
        "resident_id",
        "passport",
        "11010519491231002x",
        "440524188001010014",
        "H12345678",
        "m1234567890",
        "12345678",
        "USA123456789012",
        "E1234",
        "135790",
        "correct horse battery",
        "ｋ３＃ｖｑ９ｚｐ",
        "春眠不觉晓处处闻",
        "a@b.cn",
        "o'neil_x+1@ex-ample.org",
        "!#$%&'*+-/=?^_`{|}~@example.com",
        "  陕西省西安市  ",
        "<b>",
        "710018",
        "95198",
        "(+86 29) 88886666",
        "029-8888 6666 转 801",
        "88886666 EXT. 801",
        "88886666x1",
        " 本人来电要求 ",
        "goods_declaration",
        " 货物申报 ",
    ] {
        for (field, validator) in &fields {
            if (field.accepts)(text).is_ok() {
                assert!(validator.is_valid(&json!(text)), "{}: {text}", field.name);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_parsers_accept_fits_the_schemas(
        texts in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                "[ -]{0,2}(\\+86)?1[3-9][0-9 -]{9,14}",
                "[a-zA-Z一-龥㐀-䶿][a-zA-Z0-9一-龥㐀-䶿_.-]{0,33}",
                "\\PC{0,70}",
                "[\\p{L}\\p{M} ·.'-]{0,20}",
                "[0-9A-Za-z]{4,18}",
                "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,10}@[a-zA-Z0-9.-]{1,12}",
                "\\+?[0-9() -]{5,20}( ?(转|ext\\.?|EXT|x|X) ?[0-9]{1,6})?",
                "[0-9]{5,7}",
            ],
            64,
        ),
    ) {
        thread_local!(static ALL: Vec<(&'static Field, Validator)> = fields());
        ALL.with(|fields| {
            for text in &texts {
                for (field, validator) in fields {
                    if (field.accepts)(text).is_ok() {
                        prop_assert!(validator.is_valid(&json!(text)), "{}: {:?}", field.name, text);
                    }
                }
            }
            Ok(())
        })?;
    }
}
