//! Why a document does not give a client.

use http::StatusCode;

use crate::endpoints::ErrorResponse;

/// Why there is no client. The texts are those of the tenant: nothing of a document or of its URL is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DocumentError {
    /// The URL or the document does not keep the rules: the developer of the client has to change it.
    Invalid(String),
    /// The host did not answer with the document. A later attempt may succeed.
    Unavailable(String),
}

impl From<DocumentError> for ErrorResponse {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Invalid(reason) => Self::new(StatusCode::BAD_REQUEST, "invalid_client", reason),
            // RFC 6749 §4.1.2.1.
            DocumentError::Unavailable(reason) => {
                let description = format!("The client id metadata document is not available: {reason}");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description)
            }
        }
    }
}
