//! Requirements on claims.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::RequirementError;
use crate::token::VerifiedToken;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct ClaimRule {
    /// The name of the claim, or of the predicate.
    name: Box<str>,
    test: Test,
}

#[derive(Clone)]
enum Test {
    Equals(Value),
    IncludesAll(Vec<Value>),
    IncludesAny(Vec<Value>),
    Predicate(Arc<dyn Fn(&VerifiedToken) -> bool + Send + Sync>),
    Present,
}

impl ClaimRule {
    pub(super) fn present(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into(), test: Test::Present }
    }

    pub(super) fn equals(name: impl Into<Box<str>>, value: impl Into<Value>) -> Self {
        Self { name: name.into(), test: Test::Equals(value.into()) }
    }

    /// An array stands for all of its members. If one of them is blank, the rule is empty.
    pub(super) fn includes(name: impl Into<Box<str>>, value: impl Into<Value>) -> Self {
        let values = match value.into() {
            Value::Array(values) => values,
            one => vec![one],
        };
        let values = if values.iter().any(is_blank) { Vec::new() } else { values };
        Self { name: name.into(), test: Test::IncludesAll(values) }
    }

    pub(super) fn includes_any<V: Into<Value>>(name: impl Into<Box<str>>, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(Into::into).filter(|value| !is_blank(value)).collect();
        Self { name: name.into(), test: Test::IncludesAny(values) }
    }

    pub(super) fn predicate(
        name: impl Into<Box<str>>,
        predicate: impl Fn(&VerifiedToken) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), test: Test::Predicate(Arc::new(predicate)) }
    }

    pub(super) fn lack(&self, token: &VerifiedToken) -> Option<RequirementError> {
        let claim = || token.value(&self.name);
        let is_met = match &self.test {
            Test::Equals(value) => claim() == Some(value),
            Test::IncludesAll(values) | Test::IncludesAny(values) if values.is_empty() => {
                return Some(RequirementError::Empty);
            }
            Test::IncludesAll(values) => claim().is_some_and(|claim| values.iter().all(|value| includes(claim, value))),
            Test::IncludesAny(values) => claim().is_some_and(|claim| values.iter().any(|value| includes(claim, value))),
            Test::Predicate(predicate) => predicate(token),
            Test::Present => token.has_claim(&self.name),
        };
        match &self.test {
            _ if is_met => None,
            Test::Predicate(_) => Some(RequirementError::Predicate { name: self.name.clone() }),
            Test::Present => Some(RequirementError::Claim { claim: self.name.clone() }),
            Test::Equals(_) | Test::IncludesAll(_) | Test::IncludesAny(_) => {
                Some(RequirementError::ClaimValue { claim: self.name.clone() })
            }
        }
    }
}

/// Whether a list has this member, or a text has this word. Claims such as `scope` are lists of words in one text (RFC
/// 6749 §3.3).
fn includes(claim: &Value, value: &Value) -> bool {
    match claim {
        Value::Array(members) => members.contains(value),
        Value::String(text) => value.as_str().is_some_and(|word| text.split(' ').any(|candidate| candidate == word)),
        _ => false,
    }
}

/// Whether a value is a blank text. Such a text is a mistake of the API, such as a missing configuration value, and no
/// claim includes it.
fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

impl fmt::Debug for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Equals(value) => write!(f, "Equals({value})"),
            Self::IncludesAll(values) => f.debug_tuple("IncludesAll").field(values).finish(),
            Self::IncludesAny(values) => f.debug_tuple("IncludesAny").field(values).finish(),
            Self::Predicate(_) => f.write_str("Predicate"),
            Self::Present => f.write_str("Present"),
        }
    }
}

impl PartialEq for Test {
    /// Two predicates are equal only if they are the same function in memory, as in clones of one requirement.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Equals(one), Self::Equals(other)) => one == other,
            (Self::IncludesAll(one), Self::IncludesAll(other)) | (Self::IncludesAny(one), Self::IncludesAny(other)) => {
                one == other
            }
            (Self::Predicate(one), Self::Predicate(other)) => Arc::ptr_eq(one, other),
            (Self::Present, Self::Present) => true,
            _ => false,
        }
    }
}
