//! The manifest as TOML spells it; [`super::Manifest`] is what is left after the checks.
//!
//! Fields that this runtime passes over are kept as [`toml::Value`] so that a key Spin accepts is accepted here.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::limits::{ComponentLimits, ServerLimits};

/// Tables of other tools: any name, any content; `eport` is ours and checked.
#[derive(Debug, Deserialize)]
pub struct Tools<T> {
    pub eport: Option<T>,
}

impl<T> Default for Tools<T> {
    fn default() -> Self {
        Self { eport: None }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub spin_manifest_version: Spanned<u64>,
    pub application: Application,
    #[serde(default)]
    pub variables: BTreeMap<Spanned<String>, Variable>,
    pub trigger: BTreeMap<Spanned<String>, Vec<Spanned<Trigger>>>,
    #[serde(default)]
    pub component: BTreeMap<Spanned<String>, Component>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that Spin accepts and this runtime has no use for")]
pub struct Application {
    name: String,
    version: Option<toml::Value>,
    description: Option<toml::Value>,
    authors: Option<toml::Value>,
    targets: Option<toml::Value>,
    trigger: Option<toml::Value>,
    #[serde(default)]
    pub tool: Tools<ServerLimits>,
}

/// An application variable.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that Spin accepts and this runtime has no use for")]
pub struct Variable {
    description: Option<String>,
    /// It must come from outside the manifest.
    #[serde(default)]
    pub required: bool,
    /// Its value where nothing else gives one.
    pub default: Option<String>,
    /// Its value never appears in output.
    #[serde(default)]
    pub secret: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that Spin accepts and this runtime has no use for")]
pub struct Trigger {
    id: Option<String>,
    pub component: Option<Spanned<String>>,
    pub route: Spanned<Route>,
    executor: Option<Executor>,
    static_response: Option<toml::Value>,
    components: Option<toml::Value>,
    dependencies: Option<toml::Value>,
}

impl Trigger {
    /// The key that stands in the way of running it here.
    pub fn unsupported(&self) -> Option<&'static str> {
        if self.executor.as_ref().is_some_and(|executor| executor.kind == "wagi") {
            Some("executor = { type = \"wagi\" }")
        } else if self.static_response.is_some() {
            Some("static_response")
        } else if self.components.is_some() {
            Some("components")
        } else if self.dependencies.is_some() {
            Some("dependencies")
        } else {
            None
        }
    }
}

#[derive(Debug, Deserialize)]
struct Executor {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Route {
    Pattern(String),
    Private(Private),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Private {
    pub private: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "keys that Spin accepts and this runtime has no use for")]
pub struct Component {
    pub source: Spanned<Source>,
    description: Option<toml::Value>,
    #[serde(default)]
    pub variables: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    files: Option<Vec<toml::Value>>,
    exclude_files: Option<toml::Value>,
    allowed_http_hosts: Option<Vec<toml::Value>>,
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<Spanned<String>>,
    #[serde(default)]
    pub key_value_stores: Vec<Spanned<String>>,
    #[serde(default)]
    pub sqlite_databases: Vec<Spanned<String>>,
    ai_models: Option<Vec<toml::Value>>,
    targets: Option<toml::Value>,
    build: Option<toml::Value>,
    #[serde(default)]
    pub tool: Tools<ComponentLimits>,
    dependencies_inherit_configuration: Option<bool>,
    dependencies: Option<toml::Table>,
    profile: Option<toml::Value>,
}

impl Component {
    /// The key that stands in the way of running it here.
    pub fn unsupported(&self) -> Option<&'static str> {
        fn filled(list: &Option<Vec<toml::Value>>) -> bool {
            list.as_ref().is_some_and(|list| !list.is_empty())
        }
        if filled(&self.files) {
            Some("files")
        } else if filled(&self.allowed_http_hosts) {
            Some("allowed_http_hosts (write allowed_outbound_hosts)")
        } else if filled(&self.ai_models) {
            Some("ai_models")
        } else if self.dependencies.as_ref().is_some_and(|table| !table.is_empty()) {
            Some("dependencies (compose the component first)")
        } else {
            None
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Source {
    Path(String),
    Elsewhere(#[expect(dead_code, reason = "only that it is a table matters")] toml::Table),
}
