//! Applications with actions: what an enterprise is entitled to, what a person was granted.

use std::collections::{BTreeMap, BTreeSet};

use eport_schema::catalogue::{ACTION_UNKNOWN, APPLICATION_UNKNOWN, Language};
use eport_schema::wire::{ApplicationActions, Name};
use eport_shared::applications::Catalogue;
use eport_shared::problem::Fields;
use serde_json::Value as Json;

/// Wrong entries that one answer names: a person mends some and sends it again, a program has a defect.
const NAMED: usize = 20;

/// Characters of a list in a message.
const TOLD: usize = 300;

/// Actions by application.
///
/// Kept as one text, `application:action,action application:action`, applications and actions in the order of their codes. Codes are of
/// `a-z 0-9 _`, so nothing needs to be quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights(BTreeMap<String, BTreeSet<String>>);

/// Whether the kept text `rights` has an action of an application. Reads it where it lies.
pub fn holds(rights: &str, application: &str, action: &str) -> bool {
    rights
        .split(' ')
        .find_map(|entry| entry.strip_prefix(application)?.strip_prefix(':'))
        .is_some_and(|actions| actions.split(',').any(|held| held == action))
}

impl Rights {
    /// Reads what [`Rights::kept`] wrote.
    pub fn read(kept: &str) -> Self {
        let mut rights = Self::default();
        for (application, actions) in kept.split(' ').filter_map(|entry| entry.split_once(':')) {
            rights.0.entry(application.to_owned()).or_default().extend(actions.split(',').map(str::to_owned));
        }
        rights
    }

    /// As a row keeps it.
    pub fn kept(&self) -> String {
        let entry = |(application, actions): (&String, &BTreeSet<String>)| {
            format!("{application}:{}", actions.iter().map(String::as_str).collect::<Vec<_>>().join(","))
        };
        self.0.iter().map(entry).collect::<Vec<_>>().join(" ")
    }

    /// Reads the list `name` of a request. What the catalogue doesn't have is refused with its place; what comes twice counts once.
    pub fn parse(list: &[ApplicationActions], name: &str, catalogue: &Catalogue, fields: &mut Fields) -> Self {
        let mut rights = Self::default();
        let mut wrong = Vec::new();
        for (i, entry) in list.iter().enumerate() {
            let Some(application) = catalogue.find(&entry.application) else {
                wrong.push((format!("{name}[{i}].application"), &APPLICATION_UNKNOWN));
                continue;
            };
            for (j, code) in entry.actions.iter().enumerate() {
                if application.actions.iter().any(|action| action.code == *code) {
                    rights.add(&entry.application, code);
                } else {
                    wrong.push((format!("{name}[{i}].actions[{j}]"), &ACTION_UNKNOWN));
                }
            }
        }
        for (field, refusal) in wrong.into_iter().take(NAMED) {
            fields.refuse(&field, refusal);
        }
        rights
    }

    /// The places in the list `name` of a request that are not in `self`, the first few of them.
    pub fn exceeded_by(&self, list: &[ApplicationActions], name: &str) -> Vec<String> {
        let places = list.iter().enumerate().flat_map(|(i, entry)| {
            entry.actions.iter().enumerate().map(move |(j, action)| (i, j, &entry.application, action))
        });
        places
            .filter(|(_, _, application, action)| !self.has(application, action))
            .map(|(i, j, ..)| format!("{name}[{i}].actions[{j}]"))
            .take(NAMED)
            .collect()
    }

    fn add(&mut self, application: &str, action: &str) {
        self.0.entry(application.to_owned()).or_default().insert(action.to_owned());
    }

    /// Whether it has an action of an application.
    pub fn has(&self, application: &str, action: &str) -> bool {
        self.0.get(application).is_some_and(|actions| actions.contains(action))
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn filtered(&self, keep: impl Fn(&str, &str) -> bool) -> Self {
        let mut rights = Self::default();
        for (application, actions) in &self.0 {
            for action in actions.iter().filter(|action| keep(application, action)) {
                rights.add(application, action);
            }
        }
        rights
    }

    /// What is in both.
    pub fn within(&self, other: &Self) -> Self {
        self.filtered(|application, action| other.has(application, action))
    }

    /// What is in `self` alone.
    pub fn without(&self, other: &Self) -> Self {
        self.filtered(|application, action| !other.has(application, action))
    }

    /// What the catalogue still has: what it has no longer takes no effect.
    pub fn known(&self, catalogue: &Catalogue) -> Self {
        self.filtered(|application, action| catalogue.action(application, action).is_some())
    }

    /// What can be used for an enterprise that isn't verified.
    pub fn open(&self, catalogue: &Catalogue) -> Self {
        self.filtered(|application, _| catalogue.find(application).is_some_and(|application| application.open))
    }

    /// As an answer has it, in the order of the codes.
    pub fn wire(&self) -> Vec<ApplicationActions> {
        let entry = |(application, actions): (&String, &BTreeSet<String>)| ApplicationActions {
            application: application.clone(),
            actions: actions.iter().cloned().collect(),
        };
        self.0.iter().map(entry).collect()
    }

    /// As the audit keeps it.
    pub fn audited(&self) -> Json {
        serde_json::to_value(&self.0).unwrap_or_default()
    }

    /// For a person to read: applications with their actions in brackets, cut where it gets long; nothing where there is nothing.
    pub fn told(&self, catalogue: &Catalogue, language: Language) -> Option<String> {
        let pick = |name: &Name| match language {
            Language::Zh => name.zh.clone(),
            Language::En => name.en.clone(),
        };
        let (comma, semicolon, open, close) = match language {
            Language::Zh => ("、", "；", "（", "）"),
            Language::En => (", ", "; ", " (", ")"),
        };
        let entry = |(code, actions): (&String, &BTreeSet<String>)| {
            let application = catalogue.find(code).map_or_else(|| code.clone(), |application| pick(&application.name));
            let action = |action: &String| {
                catalogue.action(code, action).map_or_else(|| action.clone(), |action| pick(&action.name))
            };
            format!("{application}{open}{}{close}", actions.iter().map(action).collect::<Vec<_>>().join(comma))
        };
        let whole = self.0.iter().map(entry).collect::<Vec<_>>().join(semicolon);
        if whole.chars().count() <= TOLD {
            return (!whole.is_empty()).then_some(whole);
        }
        Some(whole.chars().take(TOLD).chain(['…']).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEPT: &str = "goods_declaration:submit,view manifest:view";

    #[test]
    fn what_is_kept_is_read_again() {
        for kept in ["", KEPT] {
            assert_eq!(Rights::read(kept).kept(), kept);
        }
    }

    #[test]
    fn only_whole_codes_are_held() {
        assert!(holds(KEPT, "goods_declaration", "submit") && holds(KEPT, "manifest", "view"));
        for (application, action) in [
            ("goods_declaration", "edit"),
            ("goods", "submit"),
            ("declaration", "submit"),
            ("goods_declaration", "sub"),
            ("goods_declaration", "submit,view"),
            ("goods_declaration:submit,view manifest", "view"),
            ("manifest", "submit"),
            ("manifest", "view "),
            ("", "view"),
            ("manifest", ""),
            ("", ""),
        ] {
            assert!(!holds(KEPT, application, action), "{application} {action}");
            assert!(!holds("", application, action));
        }
    }

    #[test]
    fn what_is_held_is_what_is_read() {
        let rights = Rights::read(KEPT);
        for application in ["goods_declaration", "manifest", "licence"] {
            for action in ["submit", "view", "edit"] {
                assert_eq!(holds(KEPT, application, action), rights.has(application, action));
            }
        }
    }

    #[test]
    fn within_and_without_part_a_whole() {
        let (all, some) = (Rights::read(KEPT), Rights::read("goods_declaration:view licence:view"));
        assert_eq!(all.within(&some).kept(), "goods_declaration:view");
        assert_eq!(all.without(&some).kept(), "goods_declaration:submit manifest:view");
        assert!(all.without(&all).is_empty());
    }
}
