//! What came of holding a token against a requirement, and which of several lacks is told.

use std::time::Duration;

use smallvec::SmallVec;

use super::RequirementError;
use super::step_up::StepUp;
use crate::token::VerifiedToken;

/// What was asked for, and what of it is lacking.
#[derive(Debug, Default)]
pub(super) struct Assessment<'r> {
    needs: Needs<'r>,
    lacks: Lacks,
}

/// Everything that a client can ask the authorization server for, met or not: a new token that has the rest but not this would be
/// rejected in its turn.
#[derive(Debug, Default)]
struct Needs<'r> {
    scopes: SmallVec<[&'r str; 4]>,
    acr_values: SmallVec<[&'r str; 2]>,
    max_age: Option<Duration>,
}

#[derive(Debug, Default)]
struct Lacks {
    scope: bool,
    step_up: bool,
    /// The first thing that asking cannot mend.
    fact: Option<RequirementError>,
}

/// How far a token is from what is required; the furthest last.
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

    pub(super) fn of_scopes(scopes: &'r [Box<str>], token: &VerifiedToken) -> Self {
        if scopes.is_empty() {
            return Self::of_fact(Some(RequirementError::Empty));
        }
        let lacking = !scopes.iter().all(|scope| token.has_scope(scope));
        Self {
            needs: Needs { scopes: scopes.iter().map(AsRef::as_ref).collect(), ..Needs::default() },
            lacks: Lacks { scope: lacking, ..Lacks::default() },
        }
    }

    pub(super) fn of_step_up(step_up: &'r StepUp, token: &VerifiedToken) -> Self {
        if step_up.is_empty() {
            return Self::of_fact(Some(RequirementError::Empty));
        }
        let acr_values = step_up.acr_values.iter().flatten().map(AsRef::as_ref).collect();
        Self {
            needs: Needs { acr_values, max_age: step_up.max_age, ..Needs::default() },
            lacks: Lacks { step_up: !step_up.is_met_by(token), ..Lacks::default() },
        }
    }

    /// All of the parts: what each asks for, and what each lacks. Of no parts, nothing is met.
    pub(super) fn all(parts: impl Iterator<Item = Self>) -> Self {
        let nothing = || Self::of_fact(Some(RequirementError::Empty));
        parts.reduce(Self::and).unwrap_or_else(nothing)
    }

    /// The alternative that is nearest, the first of several: what it asks for is asked for.
    pub(super) fn nearest(alternatives: impl Iterator<Item = Self>) -> Self {
        let nothing = || Self::of_fact(Some(RequirementError::Empty));
        alternatives.min_by_key(|alternative| alternative.lacks.distance()).unwrap_or_else(nothing)
    }

    /// What the caller is told; `None` if nothing is lacking.
    pub(super) fn into_error(self) -> Option<RequirementError> {
        let Self { needs, lacks } = self;
        if lacks.fact.is_some() {
            return lacks.fact;
        }
        let scope = lacks.scope.then(|| needs.scopes.join(" ").into());
        if lacks.step_up {
            let acr_values = (!needs.acr_values.is_empty()).then(|| needs.acr_values.join(" ").into());
            return Some(RequirementError::StepUp { acr_values, max_age: needs.max_age, scope });
        }
        scope.map(|needed| RequirementError::Scope { needed })
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
        // One login has one acr: of two lists, what stands in both. Lists that have nothing in common are never met.
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
        // A mistake of the API is told before anything of the caller's.
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
