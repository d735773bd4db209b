//! `spin.toml`, manifest version 2: what this runtime uses of it, checked as a whole before anything starts.
//!
//! Keys are Spin's (`crates/manifest/src/schema/v2.rs` of Spin 4.1): a key that Spin doesn't know is an error here too, and one that
//! Spin knows but this runtime can't honour is refused with a sentence, never passed over in silence.

mod schema;
mod source;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;

pub use schema::Variable;
pub use source::{ConfigError, SourceFile};
pub use template::{Template, TemplateError};

use crate::limits::{ComponentLimits, ServerLimits};

/// A manifest whose parts fit together.
#[derive(Debug)]
pub struct Manifest {
    /// Its variables.
    pub variables: BTreeMap<String, VariableSource>,
    /// Its routes, in the order of the file.
    pub routes: Vec<RouteEntry>,
    /// Its components by name; only those that a trigger names.
    pub components: BTreeMap<String, Component>,
    /// `[application.tool.eport]`.
    pub limits: ServerLimits,
    /// For errors that are found later, with the state directory and the runtime configuration at hand.
    pub file: SourceFile,
}

/// An application variable and where it stands.
#[derive(Debug)]
pub struct VariableSource {
    /// What the manifest says of it.
    pub variable: Variable,
    /// Its place.
    pub span: Range<usize>,
}

/// A route and the component that answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteEntry {
    /// As written: `/v1/me`, `/v1/me/:id`, `/portal/...`.
    pub pattern: String,
    /// The component's name.
    pub component: String,
    /// Its place.
    pub span: Range<usize>,
}

/// A component and what it may use.
#[derive(Debug)]
pub struct Component {
    /// The WebAssembly file, absolute or relative to the working directory.
    pub source: PathBuf,
    /// Variables it may ask for, as templates over the application's.
    pub variables: BTreeMap<String, Template>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// `allowed_outbound_hosts`, as templates, with their places.
    pub allowed_outbound_hosts: Vec<(Template, Range<usize>)>,
    /// Labels of key-value stores, with their places.
    pub key_value_stores: Vec<(String, Range<usize>)>,
    /// Labels of SQLite databases, with their places.
    pub sqlite_databases: Vec<(String, Range<usize>)>,
    /// `[component.NAME.tool.eport]`.
    pub limits: ComponentLimits,
}

impl Manifest {
    /// Reads and checks the manifest at `path`.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let file = SourceFile::read(path, "Start in the folder that holds spin.toml, or name it with -f.")?;
        Self::check(file)
    }

    /// Checks a manifest that is at hand.
    pub fn check(file: SourceFile) -> Result<Self, ConfigError> {
        let raw: schema::Manifest = file.parse()?;
        if *raw.spin_manifest_version.get_ref() != 2 {
            return Err(file.error(
                raw.spin_manifest_version.span(),
                "only manifest version 2 can be run",
                "Write spin_manifest_version = 2; `spin doctor` rewrites an older manifest.",
            ));
        }
        let variables = check_variables(&file, raw.variables)?;
        let routes = check_triggers(&file, raw.trigger, &raw.component)?;
        let mut components = BTreeMap::new();
        for (name, component) in raw.component {
            let used = routes.iter().any(|route| route.component == *name.get_ref());
            if used {
                let component = check_component(&file, &name, component, &variables)?;
                components.insert(name.into_inner(), component);
            }
        }
        let limits = raw.application.tool.eport.unwrap_or_default();
        Ok(Self { variables, routes, components, limits, file })
    }
}

fn check_variables(
    file: &SourceFile,
    raw: BTreeMap<Spanned<String>, Variable>,
) -> Result<BTreeMap<String, VariableSource>, ConfigError> {
    let mut variables = BTreeMap::new();
    for (name, variable) in raw {
        let span = name.span();
        if !is_variable_name(name.get_ref()) {
            return Err(file.error(
                span,
                format!("`{}` can't be the name of a variable", name.get_ref()),
                "Use lower-case letters, digits and single underscores, a letter first.",
            ));
        }
        if variable.required && variable.default.is_some() {
            return Err(file.error(
                span,
                format!("variable `{}` is required and has a default", name.get_ref()),
                "Keep one of the two.",
            ));
        }
        if !variable.required && variable.default.is_none() {
            return Err(file.error(
                span,
                format!("variable `{}` is neither required nor has a default", name.get_ref()),
                "Add default = \"…\" or required = true.",
            ));
        }
        variables.insert(name.into_inner(), VariableSource { variable, span });
    }
    Ok(variables)
}

/// Spin's rule for the names of variables (`crates/expressions`, `Key::validate`).
fn is_variable_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !name.contains("__")
}

fn check_triggers(
    file: &SourceFile,
    raw: BTreeMap<Spanned<String>, Vec<toml::Spanned<schema::Trigger>>>,
    components: &BTreeMap<Spanned<String>, schema::Component>,
) -> Result<Vec<RouteEntry>, ConfigError> {
    let mut routes: Vec<RouteEntry> = Vec::new();
    for (kind, triggers) in raw {
        if kind.get_ref() != "http" {
            return Err(file.error(
                kind.span(),
                format!("trigger type `{}` can't be run here", kind.get_ref()),
                "This runtime serves HTTP triggers; run the application on Spin for the others.",
            ));
        }
        for trigger in triggers {
            let table = trigger.span();
            let trigger = trigger.into_inner();
            if let Some(entry) = check_trigger(file, table, trigger, components, &routes)? {
                routes.push(entry);
            }
        }
    }
    if routes.is_empty() {
        return Err(file.error_without_line(
            "has no [[trigger.http]] with a route, so there is nothing to serve",
            "Add one: route = \"/...\", component = \"NAME\".",
        ));
    }
    Ok(routes)
}

fn check_trigger(
    file: &SourceFile,
    table: Range<usize>,
    trigger: schema::Trigger,
    components: &BTreeMap<Spanned<String>, schema::Component>,
    routes: &[RouteEntry],
) -> Result<Option<RouteEntry>, ConfigError> {
    if let Some(unsupported) = trigger.unsupported() {
        return Err(file.error(
            table,
            format!("this trigger uses `{unsupported}`, which this runtime doesn't have"),
            "Take it out, or run the application on Spin.",
        ));
    }
    let Some(component) = trigger.component else {
        return Err(file.error(
            table,
            "this trigger names no component",
            "Add component = \"NAME\", with a table [component.NAME].",
        ));
    };
    let span = trigger.route.span();
    let pattern = match trigger.route.into_inner() {
        schema::Route::Pattern(pattern) => pattern,
        schema::Route::Private(private) if private.private => return Ok(None),
        schema::Route::Private(_) => {
            return Err(file.error(
                span,
                "route is { private = false }",
                "Write a pattern such as \"/v1/me/...\", or { private = true }.",
            ));
        }
    };
    if !components.keys().any(|name| name.get_ref() == component.get_ref()) {
        return Err(file.error(
            component.span(),
            format!("component `{}` does not exist", component.get_ref()),
            format!("Correct the name, or add a table [component.{}].", component.get_ref()),
        ));
    }
    if let Err(problem) = crate::routes::check_pattern(&pattern) {
        return Err(file.error(
            span,
            format!("route \"{pattern}\" {problem}"),
            "Write \"/exact\", \"/with/:name\" or \"/below/...\".",
        ));
    }
    if let Some(twin) = routes.iter().find(|route| route.pattern == pattern) {
        return Err(file.error(
            span,
            format!("route \"{pattern}\" is already taken by component `{}`", twin.component),
            "Give each route to one component.",
        ));
    }
    Ok(Some(RouteEntry { pattern, component: component.into_inner(), span }))
}

fn check_component(
    file: &SourceFile,
    name: &Spanned<String>,
    raw: schema::Component,
    variables: &BTreeMap<String, VariableSource>,
) -> Result<Component, ConfigError> {
    if let Some(unsupported) = raw.unsupported() {
        return Err(file.error(
            name.span(),
            format!("component `{}` uses `{unsupported}`, which this runtime doesn't have", name.get_ref()),
            "Take it out, or run the application on Spin.",
        ));
    }
    let source_span = raw.source.span();
    let schema::Source::Path(source) = raw.source.into_inner() else {
        return Err(file.error(
            source_span,
            format!("component `{}` comes from a registry or a URL", name.get_ref()),
            "Download it and name the file: source = \"path/to/component.wasm\".",
        ));
    };
    let source = file.path().parent().unwrap_or(Path::new("")).join(source);
    if !source.is_file() {
        return Err(file.error(
            source_span,
            format!("component `{}`: there is no file {}", name.get_ref(), source.display()),
            "Build the components first (script/setup, or `spin build`), or correct the path.",
        ));
    }
    let template = |text: &Spanned<String>| {
        let known = |template: Template| {
            let unknown = template.variables().find(|name| !variables.contains_key(*name)).map(str::to_owned);
            match unknown {
                Some(unknown) => Err(TemplateError::Unknown(unknown)),
                None => Ok(template),
            }
        };
        Template::parse(text.get_ref()).and_then(known).map_err(|error| {
            file.error(text.span(), error.to_string(), "Declare it under [variables], or correct the template.")
        })
    };
    let mut component_variables = BTreeMap::new();
    for (key, text) in &raw.variables {
        if !is_variable_name(key.get_ref()) {
            return Err(file.error(
                key.span(),
                format!("`{}` can't be the name of a variable", key.get_ref()),
                "Use lower-case letters, digits and single underscores, a letter first.",
            ));
        }
        component_variables.insert(key.get_ref().clone(), template(text)?);
    }
    let hosts =
        raw.allowed_outbound_hosts.iter().map(|host| Ok((template(host)?, host.span()))).collect::<Result<_, _>>()?;
    let labels = |labels: Vec<Spanned<String>>| {
        labels.into_iter().map(|label| (label.get_ref().clone(), label.span())).collect()
    };
    Ok(Component {
        source,
        variables: component_variables,
        environment: raw.environment.into_iter().collect(),
        allowed_outbound_hosts: hosts,
        key_value_stores: labels(raw.key_value_stores),
        sqlite_databases: labels(raw.sqlite_databases),
        limits: raw.tool.eport.unwrap_or_default(),
    })
}
