//! The scopes of a requirement as data, for documents that describe an API.

use super::conjunction::{Part, Requirement};

/// Describing.
impl Requirement {
    /// Returns the scopes that the requirement names, as alternatives: a token with all scopes of one alternative lacks no
    /// scope. Without [`any_of`](Self::any_of) and its relatives, there is one alternative, which is empty if the
    /// requirement names no scope. There is none if the requirement requires nothing, so that no token meets it.
    ///
    /// This is the shape of `security` in an OpenAPI document: see [the guide](crate::guide::openapi). What else a token
    /// must have, such as an organization or a recent login, is not included.
    ///
    /// ```
    /// use auth0_api_core::Requirement;
    ///
    /// let all = Requirement::scopes(["read:orders", "write:orders"]).and(Requirement::user());
    /// assert_eq!(all.scope_alternatives(), [["read:orders", "write:orders"]]);
    ///
    /// let one = Requirement::any_scope(["read:orders", "admin"]);
    /// assert_eq!(one.scope_alternatives(), [["read:orders"], ["admin"]]);
    /// ```
    pub fn scope_alternatives(&self) -> Vec<Vec<&str>> {
        self.parts.iter().fold(vec![vec![]], |alternatives, part| combine(&alternatives, &part.scope_alternatives()))
    }
}

impl Part {
    fn scope_alternatives(&self) -> Vec<Vec<&str>> {
        match self {
            Self::AnyOf(alternatives) => alternatives.iter().flat_map(Requirement::scope_alternatives).collect(),
            Self::Fact(_) | Self::StepUp(_) => vec![vec![]],
            // Requires nothing, so that no token meets it.
            Self::Scopes(scopes) if scopes.is_empty() => vec![],
            Self::Scopes(scopes) => vec![scopes.iter().map(|scope| &*scope.name).collect()],
        }
    }
}

/// Joins each alternative of one part with each of another part. Every list keeps the order of the requirement, and has
/// each entry once.
fn combine<'r>(left: &[Vec<&'r str>], right: &[Vec<&'r str>]) -> Vec<Vec<&'r str>> {
    let joined =
        left.iter().flat_map(|left| right.iter().map(|right| without_repetitions(left.iter().chain(right).copied())));
    without_repetitions(joined)
}

fn without_repetitions<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.fold(Vec::new(), |mut kept, item| {
        if !kept.contains(&item) {
            kept.push(item);
        }
        kept
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requirement::scope_hierarchy::ScopeHierarchy;

    #[test]
    fn each_alternative_has_the_scopes_of_all_parts() {
        let scope = |name| Requirement::scope(name);
        let hierarchy = ScopeHierarchy::new().implies("admin", ["a"]);
        for (requirement, expected) in [
            (scope("a"), &[&["a"][..]][..]),
            (Requirement::user(), &[&[]]),
            (Requirement::scopes(["b", "a", "b"]), &[&["b", "a"]]),
            (Requirement::user().and_scope("a").and(scope("b")).and(scope("a")), &[&["a", "b"]]),
            (Requirement::any_scope(["a", "b", "a"]), &[&["a"], &["b"]]),
            (scope("a").or(Requirement::machine()), &[&["a"], &[]]),
            (scope("a").and(scope("b").or(scope("c"))), &[&["a", "b"], &["a", "c"]]),
            (
                scope("a").or(scope("b")).and(scope("b").or(scope("c"))),
                &[&["a", "b"], &["a", "c"], &["b"], &["b", "c"]],
            ),
            (scope("a").within(&hierarchy), &[&["a"]]),
            (Requirement::scopes([""; 0]), &[]),
            (scope("a").and(Requirement::scope(" ")), &[]),
            (Requirement::any_of([]), &[]),
        ] {
            assert_eq!(requirement.scope_alternatives(), expected, "{requirement:?}");
        }
    }
}
