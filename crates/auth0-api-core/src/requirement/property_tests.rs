//! Property tests for requirements of any shape.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::collections::BTreeSet;
use std::time::UNIX_EPOCH;

use proptest::prelude::*;

use super::{Requirement, RequirementError};
use crate::jose::Object;
use crate::token::{Binding, ValidClaims, VerifiedToken};

/// A requirement in a form that a test can evaluate directly.
#[derive(Clone, Debug)]
enum Shape {
    Acr(Vec<String>),
    All(Vec<Self>),
    Any(Vec<Self>),
    Claim(String),
    Scopes(Vec<String>),
}

/// The claims of a token.
#[derive(Clone, Debug)]
struct Caller {
    scopes: BTreeSet<String>,
    claims: BTreeSet<String>,
    acr: Option<String>,
}

impl Shape {
    fn requirement(&self) -> Requirement {
        match self {
            Self::Acr(values) => Requirement::any_acr(values),
            Self::All(parts) => parts.iter().map(Self::requirement).reduce(Requirement::and).unwrap(),
            Self::Any(alternatives) => Requirement::any_of(alternatives.iter().map(Self::requirement)),
            Self::Claim(name) => Requirement::claim(name.as_str()),
            Self::Scopes(scopes) => Requirement::scopes(scopes),
        }
    }

    fn is_met_by(&self, caller: &Caller) -> bool {
        match self {
            Self::Acr(values) => caller.acr.as_ref().is_some_and(|acr| values.contains(acr)),
            Self::All(parts) => parts.iter().all(|part| part.is_met_by(caller)),
            Self::Any(alternatives) => alternatives.iter().any(|alternative| alternative.is_met_by(caller)),
            Self::Claim(name) => caller.claims.contains(name),
            Self::Scopes(scopes) => !scopes.is_empty() && scopes.iter().all(|scope| caller.scopes.contains(scope)),
        }
    }
}

impl Caller {
    fn token(&self) -> VerifiedToken {
        let mut claims: serde_json::Map<_, _> = self.claims.iter().map(|name| (name.clone(), 1.into())).collect();
        claims.insert("scope".to_owned(), self.scopes.iter().cloned().collect::<Vec<_>>().join(" ").into());
        claims.extend(self.acr.iter().map(|acr| ("acr".to_owned(), acr.as_str().into())));
        let claims = Object::parse(serde_json::Value::Object(claims).to_string().into_bytes()).unwrap();
        let claims = ValidClaims::unchecked(claims, UNIX_EPOCH);
        VerifiedToken::assemble(claims, Binding::Bearer, None, UNIX_EPOCH)
    }

    fn lack(&self, shape: &Shape) -> Option<RequirementError> {
        shape.requirement().assess(&self.token()).into_error()
    }

    /// Returns the same caller after the caller did what the challenge requires, with the first `acr` value of the
    /// challenge.
    fn obeying(&self, lack: &RequirementError) -> Option<Self> {
        let mut caller = self.clone();
        match lack {
            RequirementError::Scope { needed } => caller.scopes = needed.split(' ').map(ToOwned::to_owned).collect(),
            RequirementError::StepUp { acr_values, scope, .. } => {
                caller.acr = acr_values.as_deref()?.split(' ').next().map(ToOwned::to_owned);
                let needed = scope.as_deref().map(|needed| needed.split(' ').map(ToOwned::to_owned).collect());
                caller.scopes = needed.unwrap_or(caller.scopes);
            }
            _ => return None,
        }
        Some(caller)
    }
}

fn shapes() -> impl Strategy<Value = Shape> {
    let words = |range: &'static str, count| prop::collection::vec(range, count);
    let leaf = prop_oneof![
        3 => words("s[a-e]", 0..3).prop_map(Shape::Scopes),
        1 => words("r[a-c]", 0..3).prop_map(Shape::Acr),
        1 => "c[a-c]".prop_map(Shape::Claim),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Shape::All),
            prop::collection::vec(inner, 0..4).prop_map(Shape::Any),
        ]
    })
}

fn callers() -> impl Strategy<Value = Caller> {
    let set = |range: &'static str| prop::collection::btree_set(range, 0..4);
    (set("s[a-e]"), set("c[a-c]"), prop::option::of("r[a-c]")).prop_map(|(scopes, claims, acr)| Caller {
        scopes,
        claims,
        acr,
    })
}

proptest! {
    #[test]
    fn requirement_is_met_if_its_shape_is_met(shape in shapes(), caller in callers()) {
        prop_assert_eq!(caller.lack(&shape).is_none(), shape.is_met_by(&caller), "{:?}", caller.lack(&shape));
    }

    /// This is true only for shapes with at most one list of `acr` values: a login has one `acr`, which may be missing
    /// in a second list.
    #[test]
    fn caller_that_obeys_the_challenge_is_accepted(shape in shapes(), caller in callers()) {
        let lack = caller.lack(&shape).filter(|_| acr_lists(&shape) <= 1);
        if let Some(obeying) = lack.as_ref().and_then(|lack| caller.obeying(lack)) {
            prop_assert_eq!(obeying.lack(&shape), None, "first lack {:?}", lack);
        }
    }
}

fn acr_lists(shape: &Shape) -> usize {
    match shape {
        Shape::Acr(_) => 1,
        Shape::All(parts) | Shape::Any(parts) => parts.iter().map(acr_lists).sum(),
        Shape::Claim(_) | Shape::Scopes(_) => 0,
    }
}
