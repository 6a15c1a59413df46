//! Requirements on authorization details ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)).

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::RequirementError;
use crate::token::{AuthorizationDetailsError, VerifiedToken, details_of};

/// The token has a detail of this type for which the predicate is true.
#[derive(Clone)]
pub(super) struct DetailRule {
    detail_type: Box<str>,
    predicate: Arc<Predicate>,
}

/// Returns `None` for a detail that does not fit the type of the application.
type Predicate = dyn Fn(&Value) -> Option<bool> + Send + Sync;

impl DetailRule {
    pub(super) fn new<T: DeserializeOwned>(
        detail_type: impl Into<Box<str>>,
        predicate: impl Fn(&T) -> bool + Send + Sync + 'static,
    ) -> Self {
        let predicate = move |detail: &Value| T::deserialize(detail).ok().map(|detail| predicate(&detail));
        Self { detail_type: detail_type.into(), predicate: Arc::new(predicate) }
    }

    pub(super) fn lack(&self, token: &VerifiedToken) -> Option<RequirementError> {
        if self.detail_type.trim().is_empty() {
            return Some(RequirementError::Empty);
        }
        match self.is_met_by(token) {
            Ok(true) => None,
            Ok(false) => Some(RequirementError::AuthorizationDetail { detail_type: self.detail_type.clone() }),
            Err(error) => Some(RequirementError::AuthorizationDetailsMalformed(error)),
        }
    }

    /// Reads every detail of the type, also after one that meets the predicate: a malformed detail is an error whatever
    /// its place is.
    fn is_met_by(&self, token: &VerifiedToken) -> Result<bool, AuthorizationDetailsError> {
        let mut is_met = false;
        for (index, (found, detail)) in details_of(token.details()?)?.enumerate() {
            if found == &*self.detail_type {
                is_met |= (self.predicate)(detail).ok_or(AuthorizationDetailsError::Unsuitable { index })?;
            }
        }
        Ok(is_met)
    }
}

impl fmt::Debug for DetailRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DetailRule").field("detail_type", &self.detail_type).finish_non_exhaustive()
    }
}

impl PartialEq for DetailRule {
    /// Two predicates are equal only if they are the same function in memory, as in clones of one requirement.
    fn eq(&self, other: &Self) -> bool {
        self.detail_type == other.detail_type && Arc::ptr_eq(&self.predicate, &other.predicate)
    }
}
