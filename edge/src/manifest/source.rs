//! Places in a TOML file, for errors that name the line.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A TOML file as text, so that a byte range in it can be turned into a line.
#[derive(Debug, Clone)]
pub struct SourceFile {
    path: PathBuf,
    text: String,
}

/// Something in a configuration file that can't be used: where, what, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// `file:line:column`, or the file alone where there is no line.
    pub place: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n  {}", self.place, self.problem, self.remedy)
    }
}

impl std::error::Error for ConfigError {}

impl SourceFile {
    /// Reads the file at `path`; `remedy` is what to do where it can't be read.
    pub fn read(path: &Path, remedy: &str) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
            place: path.display().to_string(),
            problem: format!("can't be read: {error}"),
            remedy: remedy.to_owned(),
        })?;
        Ok(Self::new(path, text))
    }

    /// A file whose text is already at hand.
    pub fn new(path: &Path, text: String) -> Self {
        Self { path: path.to_owned(), text }
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Parses the file as a `T`. Unknown keys and wrong types come back with their line.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, ConfigError> {
        toml::from_str(&self.text).map_err(|error| {
            let problem = error.message().trim().to_owned();
            let remedy = if problem.starts_with("unknown field") {
                "Correct the spelling, or take the key out."
            } else if problem.starts_with("missing field") {
                "Add it to this table."
            } else {
                "Correct the value; https://spinframework.dev/manifest-reference describes each key."
            };
            match error.span() {
                Some(span) => self.error(span, problem, remedy),
                None => self.error_without_line(problem, remedy),
            }
        })
    }

    /// An error about the bytes at `span`.
    pub fn error(&self, span: Range<usize>, problem: impl Into<String>, remedy: impl Into<String>) -> ConfigError {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        ConfigError {
            place: format!("{}:{line}:{column}", self.path.display()),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// An error about the file as a whole.
    pub fn error_without_line(&self, problem: impl Into<String>, remedy: impl Into<String>) -> ConfigError {
        ConfigError { place: self.path.display().to_string(), problem: problem.into(), remedy: remedy.into() }
    }
}
