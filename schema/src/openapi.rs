//! The OpenAPI document (3.1), made from the route table, the catalogue and the wire types: it can't say what they don't.

mod examples;
pub(crate) mod fields;

use std::collections::BTreeMap;

use schemars::generate::{Contract, SchemaSettings};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::catalogue::{ALL, Language, Refusal, Retry};
use crate::routes::{Access, Query, QueryKind, ROUTES, Route};
use crate::wire::*;

pub use examples::example;

const SCHEMAS: &str = "/components/schemas";

/// The document that `GET /openapi.json` gives.
pub fn document() -> Value {
    let mut requests = generator(Contract::Deserialize);
    let mut responses = generator(Contract::Serialize);
    responses.subschema_for::<ProblemDetails>();

    let mut refused = Refused::default();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(item) = item.as_object_mut() {
            let operation = operation(route, &mut requests, &mut responses, &mut refused);
            item.insert(route.method.to_ascii_lowercase(), operation);
        }
    }
    let mut schemas = requests.take_definitions(true);
    schemas.extend(responses.take_definitions(true));

    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Eport ID",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "User management for an electronic port.",
            "description": DESCRIPTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": {
                "Accept-Language": accept_language(),
                "Idempotency-Key": idempotency_key(),
                "Eport-Refresh-Cookie": refresh_cookie()
            },
            "headers": headers(),
            "responses": refused.0,
            "examples": ALL.iter().map(|refusal| (refusal.code.to_owned(), problem_example(refusal))).collect::<Map<_, _>>(),
            "securitySchemes": {
                "session": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access_token of POST /v1/sessions, ten minutes long."
                }
            }
        }
    })
}

const DESCRIPTION: &str = "电子口岸用户管理。User management for an electronic port.\n\n\
    Refusals are `application/problem+json` (RFC 9457): decide by `code`, show `detail` and `fix`. Their language follows `Accept-Language`, \
    zh-CN by default. A POST that takes `Idempotency-Key` can be sent again safely. Times are RFC 3339 in UTC, ids are UUIDs, lists go on with \
    `cursor`.";

fn generator(contract: Contract) -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.definitions_path = SCHEMAS.into();
            settings.meta_schema = None;
            settings.contract = contract;
        })
        .into_generator()
}

/// The schemas of wire types by the names that the route table knows them by.
macro_rules! schemas {
    ($function:ident: $($type:ty),* $(,)?) => {
        fn $function(name: &str, generator: &mut SchemaGenerator) -> Option<Schema> {
            $(
                if name == stringify!($type) {
                    return Some(generator.subschema_for::<$type>());
                }
            )*
            None
        }
    };
}

schemas!(request_schema:
    Activation,
    AdminTransferRequest,
    AssociationRejection,
    AssociationRequest,
    AdministratorDecision,
    CardBinding,
    CardChallengeRequest,
    EnterprisePatch,
    ApplicationCreate,
    ApplicationPatch,
    CardBinding,
    CardChallengeRequest,
    CheckRequest,
    EntitlementsUpdate,
    GrantsUpdate,
    LockRequest,
    MePatch,
    OperatorPatch,
    OperatorRequest,
    PasswordChange,
    PasswordResetRequest,
    PhoneChange,
    QualificationPatch,
    QualificationRequest,
    RefreshRequest,
    RegistrationPassword,
    RegistrationRequest,
    ReminderSettingsRequest,
    RevealRequest,
    SealCheck,
    SealPatch,
    SealRequest,
    SessionRequest,
    SignatureRequest,
    SmsCodeRequest,
    SyncRequest,
    StaffCardBinding,
    StaffDecision,
    TrustCertificateUpload,
    TrustUpload,
);

schemas!(response_schema:
    Association,
    AuditEntry,
    Card,
    CardChallenge,
    Enterprise,
    Health,
    Jwks,
    List<Association>,
    List<AuditEntry>,
    List<EnterpriseAuditEntry>,
    List<Invitation>,
    CheckResult,
    CheckResults,
    Entitlements,
    Grants,
    Health,
    Jwks,
    List<Application>,
    List<AuditEntry>,
    List<MemberGrants>,
    List<Message>,
    List<Operator>,
    List<OutboxItem>,
    List<PlatformAccount>,
    List<Qualification>,
    List<QualificationKindItem>,
    List<PlatformApplication>,
    List<PlatformEnterprise>,
    List<PlatformMember>,
    List<RegistryImport>,
    List<RevocationList>,
    List<Seal>,
    List<SessionItem>,
    List<SignatureImage>,
    List<TrustCertificate>,
    Me,
    MyGrants,
    OpenApi,
    Operator,
    PlatformAccount,
    Qualification,
    PlatformApplication,
    RegistrationCreated,
    RegistryEnterprise,
    ReminderSettings,
    RemindersRun,
    PlatformEnterprise,
    RegistrationCreated,
    RegistryImport,
    Revealed,
    RevocationList,
    Seal,
    SealDraft,
    SessionCreated,
    SignatureImage,
    SmsCodeAccepted,
    SyncResult,
    TrustCertificate,
);

/// This document, as far as it describes itself.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct OpenApi {
    /// The version of OpenAPI.
    openapi: String,
    /// What it describes.
    info: Map<String, Value>,
    /// What can be called.
    paths: Map<String, Value>,
    /// What the paths refer to.
    components: Map<String, Value>,
}

fn operation(
    route: &Route,
    requests: &mut SchemaGenerator,
    responses: &mut SchemaGenerator,
    refused: &mut Refused,
) -> Value {
    let mut operation = json!({
        "operationId": route.operation,
        "tags": [route.component],
        "summary": route.summary.en,
        "description": format!("{}。{}", route.summary.zh, access(route.access)),
        "parameters": parameters(route),
        "responses": answers(route, responses, refused),
        "security": match route.access {
            Access::Public => json!([]),
            Access::SessionIfGiven => json!([{}, { "session": [] }]),
            Access::Session | Access::Member | Access::Administrator | Access::Staff => json!([{ "session": [] }]),
        }
    });
    if let (Some(name), Some(operation)) = (route.request, operation.as_object_mut()) {
        let schema = request_schema(name, requests).map(Schema::to_value).unwrap_or_default();
        operation.insert(
            "requestBody".to_owned(),
            json!({ "required": true, "content": { "application/json": media(schema, name) } }),
        );
    }
    if let Some(media_type) = route.takes {
        // A file as it is: OpenAPI 3.1 says so by leaving the schema open.
        insert(&mut operation, "requestBody", json!({ "required": true, "content": { media_type: {} } }));
    }
    operation
}

const fn access(access: Access) -> &'static str {
    match access {
        Access::Public => "无须登录。For anyone.",
        Access::SessionIfGiven => "有的用途须登录。For anyone; some of it with a session only.",
        Access::Session => "须登录。For anyone with a session.",
        Access::Member => "须属于一家企业。For members of an enterprise.",
        Access::Administrator => "仅限企业管理员。For the administrator of an enterprise.",
        Access::Staff => "仅限平台工作人员。For the platform's staff.",
    }
}

fn media(schema: Value, name: &str) -> Value {
    match example(name) {
        Some(example) => json!({ "schema": schema, "example": example }),
        None => json!({ "schema": schema }),
    }
}

fn parameters(route: &Route) -> Vec<Value> {
    let path = route.parameters().map(|name| {
        let schema = match name {
            "uscc" => fields::uscc(&mut SchemaGenerator::default()).to_value(),
            _ => json!({ "type": "string", "format": "uuid" }),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let key = route.idempotent.then(|| reference("parameters", "Idempotency-Key"));
    let cookie = route.refresh_cookie.then(|| reference("parameters", "Eport-Refresh-Cookie"));
    path.chain(route.query.iter().map(query))
        .chain(key)
        .chain(cookie)
        .chain([reference("parameters", "Accept-Language")])
        .collect()
}

fn query(query: &Query) -> Value {
    let schema = match query.kind {
        QueryKind::Limit => {
            json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 })
        }
        QueryKind::Cursor | QueryKind::Id => json!({ "type": "string", "format": "uuid" }),
        QueryKind::Phone => fields::phone(&mut SchemaGenerator::default()).to_value(),
        QueryKind::Flag => json!({ "type": "boolean" }),
        QueryKind::Text => {
            json!({ "type": "string", "minLength": 1, "maxLength": QueryKind::LONGEST_TEXT })
        }
        QueryKind::OneOf(values) => json!({ "type": "string", "enum": values }),
        QueryKind::Time => json!({ "type": "string", "format": "date-time" }),
    };
    json!({
        "name": query.name,
        "in": "query",
        "required": false,
        "allowEmptyValue": true,
        "description": format!("{}{}", query.description.zh, query.description.en),
        "schema": schema
    })
}

/// Success, and every status that a refusal of the route has, with the codes under it.
fn answers(route: &Route, responses: &mut SchemaGenerator, refused: &mut Refused) -> Map<String, Value> {
    let mut answers = Map::new();
    let mut success = json!({ "description": success(route) });
    if let Some(media_type) = route.response.filter(|name| name.contains('/')) {
        // A file: its media type stands where others have a wire type.
        let file = json!({ "schema": { "type": "string", "format": "binary" } });
        insert(&mut success, "content", json!({ media_type: file }));
    } else if let Some(name) = route.response {
        let schema = response_schema(name, responses).map(Schema::to_value).unwrap_or_default();
        insert(&mut success, "content", json!({ route.gives.unwrap_or("application/json"): media(schema, name) }));
    }
    let mut sent = json!({});
    if route.idempotent {
        insert(&mut sent, "Idempotency-Replayed", reference("headers", "Idempotency-Replayed"));
    }
    if route.refresh_cookie {
        insert(&mut sent, "Set-Cookie", reference("headers", "Set-Cookie"));
    }
    if sent.as_object().is_some_and(|sent| !sent.is_empty()) {
        insert(&mut success, "headers", sent);
    }
    answers.insert(route.success.to_string(), success);

    let mut by_status: BTreeMap<u16, Vec<&Refusal>> = BTreeMap::new();
    for refusal in route.all_refusals() {
        by_status.entry(refusal.status).or_default().push(refusal);
    }
    for (status, refusals) in by_status {
        answers.insert(status.to_string(), refused.reference(status, route, refused_answer(status, &refusals)));
    }
    answers
}

/// The answers of refusals, each written once for all routes that share it.
#[derive(Default)]
struct Refused(Map<String, Value>);

impl Refused {
    /// A reference to `answer`, kept under the status, or under status and operation where other routes have other codes.
    fn reference(&mut self, status: u16, route: &Route, answer: Value) -> Value {
        let name = match self.0.iter().find(|(_, known)| **known == answer) {
            Some((name, _)) => name.clone(),
            None if self.0.contains_key(&status.to_string()) => {
                format!("{status}_{}", route.operation)
            }
            None => status.to_string(),
        };
        self.0.entry(name.as_str()).or_insert(answer);
        reference("responses", &name)
    }
}

const fn success(route: &Route) -> &'static str {
    match route.success {
        201 => "建立成功。Made.",
        202 => "已受理。Accepted.",
        204 => "完成。Done.",
        _ => "成功。Done.",
    }
}

fn refused_answer(status: u16, refusals: &[&Refusal]) -> Value {
    let codes: Vec<&str> = refusals.iter().map(|refusal| refusal.code).collect();
    let description: Vec<String> = refusals
        .iter()
        .map(|refusal| format!("- `{}` {} {}", refusal.code, refusal.title.zh, refusal.title.en))
        .collect();
    let examples: Map<String, Value> =
        refusals.iter().map(|refusal| (refusal.code.to_owned(), reference("examples", refusal.code))).collect();
    let mut headers = json!({ "Content-Language": reference("headers", "Content-Language") });
    if refusals.iter().any(|refusal| refusal.retry == Retry::Later) {
        insert(&mut headers, "Retry-After", reference("headers", "Retry-After"));
    }
    match status {
        401 => insert(&mut headers, "WWW-Authenticate", reference("headers", "WWW-Authenticate")),
        405 => insert(&mut headers, "Allow", reference("headers", "Allow")),
        _ => {}
    }
    json!({
        "description": description.join("\n"),
        "headers": headers,
        "content": {
            "application/problem+json": {
                "schema": {
                    "allOf": [reference("schemas", "ProblemDetails")],
                    "properties": { "status": { "const": status }, "code": { "enum": codes } }
                },
                "examples": examples
            }
        }
    })
}

/// A refusal as it is answered in Chinese.
fn problem_example(refusal: &Refusal) -> Value {
    let text = |text: &crate::catalogue::Text| text.get(Language::Zh).to_owned();
    let details = ProblemDetails {
        r#type: ProblemDetails::type_of(refusal),
        title: text(&refusal.title),
        status: refusal.status,
        detail: text(&refusal.detail),
        code: refusal.code.to_owned(),
        retry: refusal.retry.as_str().to_owned(),
        fix: text(&refusal.fix),
        errors: examples::field_of(refusal.code)
            .map(|field| FieldProblem { field, code: refusal.code.to_owned(), detail: text(&refusal.detail) })
            .into_iter()
            .collect(),
        retry_after: (refusal.status == 429).then_some(60),
    };
    json!({ "summary": refusal.title.en, "value": serde_json::to_value(details).unwrap_or_default() })
}

fn tags() -> Value {
    json!([
        { "name": "registrations", "description": "验证码、注册、忘记密码。Phone codes, registration, forgotten passwords." },
        { "name": "sessions", "description": "登录、会话、公钥。Login, sessions, public keys." },
        { "name": "accounts", "description": "我的账号。One's own account." },
        { "name": "cards", "description": "绑卡、解卡。The card that is tied to one's account." },
        { "name": "enterprises", "description": "企业、关联申请、登记信息。Enterprises, who joins them, what the registry says." },
        { "name": "operators", "description": "操作员、邀请。Operators and invitations." },
        { "name": "permissions", "description": "应用、授权与权限查询。Applications, grants and the check." },
        { "name": "seals", "description": "印章、签名。Seals and signature images." },
        { "name": "messages", "description": "消息提醒。The inbox." },
        { "name": "platform", "description": "平台工作人员。The platform's staff." },
        { "name": "portal", "description": "网页。The page." }
    ])
}

fn accept_language() -> Value {
    json!({
        "name": "Accept-Language",
        "in": "header",
        "required": false,
        "description": "The language of texts in the answer: zh-CN (default) or en.",
        "schema": { "type": "string" },
        "example": "en"
    })
}

fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "Makes a retry safe: the same key with the same body gets the first answer again.",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$" },
        "example": "019aa9a5-6f0c-7d0a-8f0e-2d9d7f5b1c11"
    })
}

fn refresh_cookie() -> Value {
    json!({
        "name": "Eport-Refresh-Cookie",
        "in": "header",
        "required": false,
        "description": "For pages: 1 keeps the refresh token in a cookie that no script can read, and leaves it out of the answer. \
            A refresh without refresh_token in its body then takes the cookie; logging out clears it. Any other value is as none.",
        "schema": { "type": "string" },
        "example": "1"
    })
}

fn headers() -> Value {
    let header = |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    json!({
        "Allow": header("The methods that the path takes.", json!({ "type": "string" })),
        "Content-Language": header("The language of the texts.", json!({ "type": "string", "enum": ["zh-CN", "en"] })),
        "Idempotency-Replayed": header("true where this is the first answer again.", json!({ "type": "string", "enum": ["true"] })),
        "Retry-After": header("Seconds after which to try again.", json!({ "type": "integer", "minimum": 1 })),
        "Set-Cookie": header("The refresh token, or its end, where the request had Eport-Refresh-Cookie.", json!({ "type": "string" })),
        "WWW-Authenticate": header("How to authenticate.", json!({ "type": "string" }))
    })
}

fn reference(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}
