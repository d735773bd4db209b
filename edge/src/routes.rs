//! Which component answers a path: exact routes, `:name` segments and a trailing `/...`, with Spin's precedence.
//!
//! The matcher is `routefinder`, the one Spin uses, so that both agree on every path, trailing slashes included.

use std::borrow::Cow;

use crate::manifest::RouteEntry;

/// Where a path goes.
#[derive(Debug, Clone)]
pub struct Route {
    /// The pattern as the manifest writes it (`spin-raw-component-route`).
    pub raw: String,
    /// The pattern as an absolute path without its trailing slash (`spin-matched-route`).
    pub based: String,
    /// Position among the application's components, for the dispatcher.
    pub index: usize,
}

impl Route {
    /// The pattern without `/...` (`spin-component-route`).
    pub fn prefix(&self) -> &str {
        self.raw.strip_suffix("/...").unwrap_or(&self.raw)
    }
}

/// A matched path.
#[derive(Debug)]
pub struct Match<'a> {
    /// The route that matched.
    pub route: &'a Route,
    /// What `/...` stands for, slash first (`spin-path-info`).
    pub path_info: Cow<'a, str>,
    /// What each `:name` stands for (`spin-path-match-name`).
    pub parameters: Vec<(String, String)>,
}

/// The routes of an application.
#[derive(Debug)]
pub struct Router(routefinder::Router<Route>);

/// What is wrong with a route pattern, where something is. The matcher would only notice at the first request.
pub fn check_pattern(pattern: &str) -> Result<(), &'static str> {
    let body = pattern.strip_suffix("/...").or_else(|| pattern.strip_suffix("/*")).unwrap_or(pattern);
    if !pattern.is_empty() && !pattern.starts_with('/') {
        return Err("doesn't begin with a slash");
    }
    for segment in body.split('/') {
        if segment.contains('*') || segment.contains("...") {
            return Err("has a wildcard before its end");
        }
        if segment.split('.').any(|part| part == ":") {
            return Err("has a `:` without a name");
        }
    }
    Ok(())
}

impl Router {
    /// The router of these routes; `index_of` gives each component its position.
    pub fn new(entries: &[RouteEntry], index_of: impl Fn(&str) -> Option<usize>) -> Result<Self, String> {
        let mut router = routefinder::Router::new();
        for entry in entries {
            let based = entry.pattern.strip_suffix('/').unwrap_or(&entry.pattern).to_owned();
            let spec = match based.strip_suffix("/...") {
                Some(prefix) => format!("{prefix}/*"),
                None => based.clone(),
            };
            let index =
                index_of(&entry.component).ok_or_else(|| format!("component `{}` does not exist", entry.component))?;
            let route = Route { raw: entry.pattern.clone(), based, index };
            router.add(spec.as_str(), route)?;
        }
        Ok(Self(router))
    }

    /// The best route for `path`, if there is one.
    pub fn find<'a>(&'a self, path: &'a str) -> Option<Match<'a>> {
        let best = self.0.best_match(path)?;
        let route = best.handler();
        let captures = best.captures();
        let path_info = match captures.wildcard() {
            None => Cow::Borrowed(""),
            // The matcher takes slashes off both ends; Spin puts them back.
            Some("") if path.ends_with('/') => Cow::Borrowed("/"),
            Some("") => Cow::Borrowed(""),
            Some(rest) if path.ends_with('/') => Cow::Owned(format!("/{rest}/")),
            Some(rest) => Cow::Owned(format!("/{rest}")),
        };
        let parameters = captures.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Some(Match { route, path_info, parameters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(patterns: &[&str]) -> Router {
        let entries: Vec<_> = patterns
            .iter()
            .map(|pattern| RouteEntry { pattern: (*pattern).to_owned(), component: (*pattern).to_owned(), span: 0..0 })
            .collect();
        Router::new(&entries, |_| Some(0)).unwrap()
    }

    fn found(router: &Router, path: &str) -> Option<String> {
        router.find(path).map(|found| found.route.raw.clone())
    }

    #[test]
    fn an_exact_route_beats_every_wildcard_in_any_order() {
        for patterns in [["/...", "/v1/...", "/v1/me"], ["/v1/me", "/...", "/v1/..."]] {
            let router = router(&patterns);
            assert_eq!(found(&router, "/v1/me").as_deref(), Some("/v1/me"));
            assert_eq!(found(&router, "/v1/you").as_deref(), Some("/v1/..."));
            assert_eq!(found(&router, "/other").as_deref(), Some("/..."));
        }
    }

    #[test]
    fn the_longest_wildcard_wins_in_any_order() {
        for patterns in [["/v1/me/...", "/v1/me/sessions/..."], ["/v1/me/sessions/...", "/v1/me/..."]] {
            let router = router(&patterns);
            assert_eq!(found(&router, "/v1/me/sessions/1").as_deref(), Some("/v1/me/sessions/..."));
            assert_eq!(found(&router, "/v1/me/card").as_deref(), Some("/v1/me/..."));
        }
    }

    #[test]
    fn a_literal_segment_beats_a_parameter() {
        let router = router(&["/operators/:id", "/operators/me", "/operators/:id/grants"]);
        assert_eq!(found(&router, "/operators/me").as_deref(), Some("/operators/me"));
        assert_eq!(found(&router, "/operators/7").as_deref(), Some("/operators/:id"));
        assert_eq!(found(&router, "/operators/7/grants").as_deref(), Some("/operators/:id/grants"));
    }

    #[test]
    fn parameters_and_the_wildcard_are_handed_on() {
        let router = router(&["/a/:one/b/:two/..."]);
        let found = router.find("/a/1/b/2/c/d/").unwrap();
        assert_eq!(found.parameters, [("one".into(), "1".into()), ("two".into(), "2".into())]);
        assert_eq!(found.path_info, "/c/d/");
    }

    #[test]
    fn a_wildcard_takes_its_own_prefix_with_and_without_a_slash() {
        let router = router(&["/a/..."]);
        assert_eq!(router.find("/a").unwrap().path_info, "");
        assert_eq!(router.find("/a/").unwrap().path_info, "/");
        assert_eq!(router.find("/a/b").unwrap().path_info, "/b");
        assert_eq!(found(&router, "/ab"), None);
    }

    #[test]
    fn a_path_without_a_route_has_none() {
        let router = router(&["/a", "/b/:c"]);
        for path in ["/", "/b", "/a/b", "/b/c/d", "/A"] {
            assert_eq!(found(&router, path), None, "{path}");
        }
    }

    #[test]
    fn the_root_route_takes_only_the_root() {
        let router = router(&["/"]);
        assert_eq!(found(&router, "/").as_deref(), Some("/"));
        assert_eq!(found(&router, "/a"), None);
    }
}
