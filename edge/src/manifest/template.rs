//! `{{ variable }}` templates, as the manifest writes them in variables and in allowed hosts.

use std::collections::BTreeMap;

/// A template that parsed: literal text and names of variables in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Variable(String),
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// `{{` without its `}}`.
    #[error("`{{{{` without a `}}}}` after it")]
    Unclosed,
    /// A name that nobody defined.
    #[error("`{{{{ {0} }}}}` names a variable that does not exist")]
    Unknown(String),
}

impl Template {
    /// Parses `text`. Everything is a template; text without braces is one that always gives itself.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, tail) = after.split_once("}}").ok_or(TemplateError::Unclosed)?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Variable(name.trim().to_owned()));
            rest = tail;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// The variables it names, in order of appearance.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The text, with the values put in.
    pub fn render(&self, values: &BTreeMap<String, String>) -> Result<String, TemplateError> {
        let mut text = String::new();
        for part in &self.0 {
            text.push_str(match part {
                Part::Text(literal) => literal,
                Part::Variable(name) => values.get(name).ok_or_else(|| TemplateError::Unknown(name.clone()))?,
            });
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(text: &str) -> Result<String, TemplateError> {
        let values = BTreeMap::from([("host".to_owned(), "sms.example".to_owned())]);
        Template::parse(text).and_then(|template| template.render(&values))
    }

    #[test]
    fn text_without_braces_is_itself() {
        assert_eq!(render("").unwrap(), "");
        assert_eq!(render("a } b { c").unwrap(), "a } b { c");
    }

    #[test]
    fn a_variable_is_put_in_wherever_it_stands() {
        assert_eq!(render("https://{{host}}:443").unwrap(), "https://sms.example:443");
        assert_eq!(render("{{  host  }}{{host}}").unwrap(), "sms.examplesms.example");
    }

    #[test]
    fn braces_that_are_not_closed_are_an_error() {
        assert_eq!(render("{{ host"), Err(TemplateError::Unclosed));
        assert_eq!(render("{{ host }} {{"), Err(TemplateError::Unclosed));
    }

    #[test]
    fn an_unknown_name_is_an_error_that_says_it() {
        assert_eq!(render("{{ hots }}"), Err(TemplateError::Unknown("hots".into())));
    }

    #[test]
    fn a_value_is_not_expanded_again() {
        let values = BTreeMap::from([("a".to_owned(), "{{ b }}".to_owned()), ("b".to_owned(), "secret".to_owned())]);
        let template = Template::parse("{{ a }}").unwrap();
        assert_eq!(template.render(&values).unwrap(), "{{ b }}");
    }
}
