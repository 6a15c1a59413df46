//! Scopes that include other scopes.

use std::collections::{BTreeMap, BTreeSet};

use crate::token::VerifiedToken;

/// Which scopes include others: a token with the broader scope needs no narrower one.
///
/// OAuth has no hierarchy of scopes ([RFC 6749 §3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)), and Auth0 grants
/// exactly the scopes that were requested. An API whose scopes include each other declares that here, once.
///
/// ```
/// use auth0_api_core::{Requirement, ScopeHierarchy};
///
/// let hierarchy = ScopeHierarchy::new()
///     .implies("admin:events", ["write:events"])
///     .implies("write:events", ["read:events"]);
/// // Also met by a token with the scope `write:events` or `admin:events`. The challenge
/// // names `read:events` only.
/// let reading = Requirement::scope("read:events").within(&hierarchy);
/// # _ = reading;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeHierarchy {
    /// For each scope, the scopes that include it directly.
    broader: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
}

/// A scope, and the scopes that a token may have instead.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NeededScope {
    pub(super) name: Box<str>,
    /// Only with a [`ScopeHierarchy`].
    pub(super) or_broader: Vec<Box<str>>,
}

impl ScopeHierarchy {
    /// Creates a hierarchy in which no scope includes another.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares that a scope includes other scopes, and what those include. Calls with the same scope add up.
    ///
    /// `broader` is one scope: a text with a blank is none that a token has. A narrower text with blanks names several
    /// scopes. Scopes only: a hierarchy does not apply to permissions.
    #[must_use]
    pub fn implies<S: Into<Box<str>>>(
        mut self,
        broader: impl Into<Box<str>>,
        narrower: impl IntoIterator<Item = S>,
    ) -> Self {
        let broader = broader.into();
        for narrower in narrower {
            for narrower in narrower.into().split_ascii_whitespace() {
                self.broader.entry(narrower.into()).or_default().insert(broader.clone());
            }
        }
        self
    }

    /// Adds what another hierarchy declares.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (narrower, broader) in other.broader {
            self.broader.entry(narrower).or_default().extend(broader);
        }
        self
    }

    /// Returns the scopes that include others, as they were declared.
    pub fn broader_scopes(&self) -> impl Iterator<Item = &str> {
        self.broader.values().flatten().map(|scope| &**scope)
    }

    /// Returns every scope that includes a scope, directly or through others.
    fn all_broader(&self, scope: &str) -> Vec<Box<str>> {
        let mut found = BTreeSet::new();
        let mut next = vec![scope];
        while let Some(scope) = next.pop() {
            for broader in self.broader.get(scope).into_iter().flatten() {
                // A scope is looked at once, so a circle ends.
                if found.insert(broader.clone()) {
                    next.push(broader);
                }
            }
        }
        found.into_iter().filter(|broader| **broader != *scope).collect()
    }

    /// Adds the scopes that include a scope to those that a token may have instead of it.
    pub(super) fn widen(&self, needed: &mut NeededScope) {
        for broader in self.all_broader(&needed.name) {
            if !needed.or_broader.contains(&broader) {
                needed.or_broader.push(broader);
            }
        }
    }
}

impl NeededScope {
    pub(super) fn is_granted_to(&self, token: &VerifiedToken) -> bool {
        token.has_scope(&self.name) || self.or_broader.iter().any(|broader| token.has_scope(broader))
    }
}

impl From<Box<str>> for NeededScope {
    fn from(name: Box<str>) -> Self {
        Self { name, or_broader: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::{NeededScope, ScopeHierarchy};

    #[test]
    fn hierarchies_add_up_and_narrower_texts_are_split() {
        let one = ScopeHierarchy::new().implies("write", ["read list"]);
        let other = ScopeHierarchy::new().implies("admin", ["write"]).implies("own", ["read"]);
        let both = one.and(other);
        for (scope, broader) in [("read", vec!["admin", "own", "write"]), ("list", vec!["admin", "write"])] {
            let found: Vec<_> = both.all_broader(scope).into_iter().map(String::from).collect();
            assert_eq!(found, broader, "{scope}");
        }
        assert!(both.all_broader("read list").is_empty());
        // By the narrower scope: `list`, `read`, `write`.
        assert_eq!(both.broader_scopes().collect::<Vec<_>>(), ["write", "own", "write", "admin"]);
    }

    #[test]
    fn a_needed_scope_is_widened_once_by_each_broader_scope() {
        let hierarchy = ScopeHierarchy::new().implies("write", ["read"]).implies("admin", ["write"]);
        let mut needed = NeededScope::from(Box::<str>::from("read"));
        for _ in 0..2 {
            hierarchy.widen(&mut needed);
            assert_eq!(needed.or_broader.iter().map(|scope| &**scope).collect::<Vec<_>>(), ["admin", "write"]);
        }
    }

    #[test]
    fn a_scope_is_included_through_others_and_circles_end() {
        let hierarchy = ScopeHierarchy::new()
            .implies("admin", ["write", "delete"])
            .implies("write", ["read"])
            .implies("read", ["admin"])
            .implies("self", ["self"]);
        for (scope, broader) in [
            ("read", vec!["admin", "write"]),
            ("write", vec!["admin", "read"]),
            ("delete", vec!["admin", "read", "write"]),
            ("self", vec![]),
            ("other", vec![]),
        ] {
            let found: Vec<_> = hierarchy.all_broader(scope).into_iter().map(String::from).collect();
            assert_eq!(found, broader, "{scope}");
        }
    }
}
