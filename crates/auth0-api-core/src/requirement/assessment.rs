//! The result of checking a token against a requirement, and the choice of the error to report.

use std::time::Duration;

use smallvec::SmallVec;

use super::RequirementError;
use super::scope_hierarchy::NeededScope;
use super::step_up::StepUp;
use crate::token::VerifiedToken;

/// What a requirement needs, and what a token lacks.
#[derive(Debug, Default)]
pub(super) struct Assessment<'r> {
    needs: Needs<'r>,
    lacks: Lacks,
}

/// Everything that a client can request from the authorization server, including what the token already has.
///
/// The challenge must list all of these values. Otherwise the client's next token may lack a value that the present
/// token has, and would be rejected.
#[derive(Debug, Default)]
struct Needs<'r> {
    scopes: SmallVec<[&'r str; 4]>,
    acr_values: SmallVec<[&'r str; 2]>,
    max_age: Option<Duration>,
}

/// What a token lacks.
#[derive(Debug, Default)]
struct Lacks {
    scope: bool,
    step_up: bool,
    /// The first fact that the token lacks. The client cannot change a fact by requesting another token.
    fact: Option<RequirementError>,
}

/// How far a token is from meeting a requirement, the smallest distance first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Distance {
    Met,
    Scope,
    StepUp,
    Fact,
    Impossible,
}

impl<'r> Assessment<'r> {
    pub(super) fn of_fact(lack: Option<RequirementError>) -> Self {
        Self { lacks: Lacks { fact: lack, ..Lacks::default() }, ..Self::default() }
    }

    pub(super) fn of_scopes(scopes: &'r [NeededScope], token: &VerifiedToken) -> Self {
        if scopes.is_empty() {
            return Self::empty();
        }
        let lacking = !scopes.iter().all(|scope| scope.is_granted_to(token));
        Self {
            needs: Needs { scopes: scopes.iter().map(|scope| &*scope.name).collect(), ..Needs::default() },
            lacks: Lacks { scope: lacking, ..Lacks::default() },
        }
    }

    pub(super) fn of_step_up(step_up: &'r StepUp, token: &VerifiedToken) -> Self {
        if step_up.is_empty() {
            return Self::empty();
        }
        let acr_values = step_up.acr_values.iter().flatten().map(AsRef::as_ref).collect();
        Self {
            needs: Needs { acr_values, max_age: step_up.max_age, ..Needs::default() },
            lacks: Lacks { step_up: !step_up.is_met_by(token), ..Lacks::default() },
        }
    }

    /// Combines the needs of parts that must all be met, and what the token lacks. If there are no parts, this is an
    /// error.
    pub(super) fn all(parts: impl Iterator<Item = Self>) -> Self {
        parts.reduce(Self::and).unwrap_or_else(Self::empty)
    }

    /// Chooses the alternative with the smallest distance. If several have the same distance, the first is chosen. If
    /// there are no alternatives, this is an error.
    pub(super) fn nearest(alternatives: impl Iterator<Item = Self>) -> Self {
        alternatives.min_by_key(|alternative| alternative.lacks.distance()).unwrap_or_else(Self::empty)
    }

    /// Returns the error to report, or `None` if the requirement is met.
    pub(super) fn into_error(self) -> Option<RequirementError> {
        let Self { needs, lacks } = self;
        if lacks.fact.is_some() {
            return lacks.fact;
        }
        let joined = |values: &[&str]| (!values.is_empty()).then(|| values.join(" ").into());
        let scope = joined(&needs.scopes);
        if lacks.step_up {
            let acr_values = joined(&needs.acr_values);
            return Some(RequirementError::StepUp { acr_values, max_age: needs.max_age, scope });
        }
        scope.filter(|_| lacks.scope).map(|needed| RequirementError::Scope { needed })
    }

    /// The result of a requirement that requires nothing: a mistake of the API.
    fn empty() -> Self {
        Self::of_fact(Some(RequirementError::Empty))
    }

    fn and(mut self, other: Self) -> Self {
        self.needs.extend(other.needs);
        self.lacks.extend(other.lacks);
        self
    }
}

impl Needs<'_> {
    fn extend(&mut self, other: Self) {
        for scope in other.scopes {
            if !self.scopes.contains(&scope) {
                self.scopes.push(scope);
            }
        }
        self.max_age = [self.max_age, other.max_age].into_iter().flatten().min();
        // A login has one acr, so this acr must be in both lists: keep the common values. If there are no common
        // values, no login meets both lists, and the first list stays.
        if self.acr_values.is_empty() {
            self.acr_values = other.acr_values;
        } else if other.acr_values.iter().any(|value| self.acr_values.contains(value)) {
            self.acr_values.retain(|value| other.acr_values.contains(value));
        }
    }
}

impl Lacks {
    fn extend(&mut self, other: Self) {
        self.scope |= other.scope;
        self.step_up |= other.step_up;
        // A mistake of the API is reported before anything that the caller lacks.
        if self.fact.is_none() || other.fact == Some(RequirementError::Empty) {
            self.fact = other.fact.or(self.fact.take());
        }
    }

    fn distance(&self) -> Distance {
        match self {
            Self { fact: Some(RequirementError::Empty), .. } => Distance::Impossible,
            Self { fact: Some(_), .. } => Distance::Fact,
            Self { step_up: true, .. } => Distance::StepUp,
            Self { scope: true, .. } => Distance::Scope,
            _ => Distance::Met,
        }
    }
}
