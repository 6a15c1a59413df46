//! The authorization details that a token request asks for
//! ([RFC 9396 §6](https://www.rfc-editor.org/rfc/rfc9396#section-6)).

use serde_json::Value;

use super::InputError;
use crate::token::type_of_detail;

/// The requested details, in the order in which the application added them.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestedDetails(Vec<Value>);

impl RequestedDetails {
    pub(crate) fn push(&mut self, detail: Value) {
        self.0.push(detail);
    }

    /// Returns the form field as a JSON array; `None` if no detail is requested. RFC 9396 §2: each detail is an object
    /// with a `type`.
    pub(crate) fn field(&self) -> Result<Option<String>, InputError> {
        if self.0.iter().any(|detail| type_of_detail(detail).is_none()) {
            return Err(InputError::AuthorizationDetail);
        }
        Ok((!self.0.is_empty()).then(|| Value::Array(self.0.clone()).to_string()))
    }
}
