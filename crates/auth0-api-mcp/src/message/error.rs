//! Why a message does not reach the server behind the layer.

use auth0_api_core::jose::JsonError;

/// Why the layer rejects a request whose token is valid: it is not a message of MCP that the layer can judge, or it names
/// something that the requirements do not name.
///
/// The layer answers with an error of JSON-RPC, and puts this error into the extensions of the response, where a layer
/// further out can read its [`label`](Self::label). An error of the token or of its scopes is a
/// [`Rejection`](auth0_api_axum::Rejection) instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// The body is an array, and the revision of the request has no batches.
    #[error("the revision of the request has no batches")]
    Batch,
    /// The batch has more than 64 messages.
    #[error("the batch has too many messages")]
    BatchTooLong,
    /// The connection failed before the body had arrived.
    #[error("the body did not arrive")]
    BodyIncomplete,
    /// The body did not arrive within the time limit.
    #[error("the body did not arrive in time")]
    BodyTimeout,
    /// The body is longer than the limit.
    #[error("the body is too long")]
    BodyTooLong,
    /// A `GET` or a `DELETE` has a body. Such a request has no message.
    #[error("a request with this HTTP method has no body")]
    BodyUnexpected,
    /// The body has a `Content-Encoding`.
    #[error("the body is encoded")]
    ContentEncoding,
    /// The body is not `application/json` in UTF-8.
    #[error("the content type is not application/json")]
    ContentType,
    /// A header has a value that cannot be read, or appears more than once.
    #[error("the header {header} is malformed or repeated")]
    HeaderMalformed {
        /// The name of the header.
        header: &'static str,
    },
    /// A header differs from the message.
    #[error("the header {header} does not match the message")]
    HeaderMismatch {
        /// The name of the header.
        header: &'static str,
    },
    /// A header is missing that requests of this revision must have.
    #[error("the header {header} is missing")]
    HeaderMissing {
        /// The name of the header.
        header: &'static str,
    },
    /// MCP does not use this HTTP method.
    #[error("the HTTP method is not allowed")]
    HttpMethod,
    /// The body is not strict JSON: two parsers could read it differently, or none can read it.
    #[error("the body is not a JSON text that is accepted")]
    Json(#[source] JsonError),
    /// The method is none of the specification, and the requirements do not name it.
    #[error("the method is not found")]
    MethodNotFound {
        /// The status of the response: 404 since 2026-07-28. In earlier revisions, 404 means that the session has ended, so
        /// that a request gets 200 there, and a notification or a batch gets 400.
        status: u16,
    },
    /// The body is JSON, but not a message of JSON-RPC.
    #[error("the body is not a message of JSON-RPC 2.0")]
    NotAMessage,
    /// The body is not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// The parameters do not name what the method is applied to, or lack metadata that the revision requires. Or a name is
    /// too long: names and methods have at most 4096 octets, and the capabilities of the client at most 64 KiB.
    #[error("the parameters are invalid")]
    Params,
    /// The message is a response. Since 2026-07-28, clients send none.
    #[error("clients of this revision send no responses")]
    Response,
    /// This server does not support the revision that the request names.
    #[error("the revision is not supported")]
    Revision,
    /// The requirements deny the tool, the prompt, the resource or the task, because they do not name it.
    ///
    /// There is no challenge, and no `insufficient_scope`: no scope helps, and a client would send its user to log in again,
    /// for nothing. The error of JSON-RPC is the one for a tool that does not exist.
    #[error("unknown {kind}")]
    TargetUnknown {
        /// `prompt`, `resource`, `task` or `tool`.
        kind: &'static str,
    },
    /// The request asks for another protocol on its connection. The layer could not judge what the client sends there.
    #[error("the connection cannot be upgraded")]
    Upgrade,
}

impl MessageError {
    /// A stable, machine-readable label for logs, such as `mcp_header_mismatch`.
    pub fn label(&self) -> &'static str {
        self.row().label
    }

    /// The status of the response.
    pub fn status(&self) -> u16 {
        self.row().status
    }

    /// The code of the error of JSON-RPC
    /// ([error codes](https://modelcontextprotocol.io/specification/2026-07-28/basic#error-codes)).
    pub fn code(&self) -> i32 {
        self.row().code
    }

    fn row(&self) -> Row {
        let row = |label, status, code| Row { label, status, code };
        match self {
            Self::Batch => row("mcp_batch", 400, INVALID_REQUEST),
            Self::BatchTooLong => row("mcp_batch_too_long", 400, INVALID_REQUEST),
            Self::BodyIncomplete => row("mcp_body_incomplete", 400, PARSE_ERROR),
            Self::BodyTimeout => row("mcp_body_timeout", 408, INVALID_REQUEST),
            Self::BodyTooLong => row("mcp_body_too_long", 413, INVALID_REQUEST),
            Self::BodyUnexpected => row("mcp_body_unexpected", 400, INVALID_REQUEST),
            Self::ContentEncoding => row("mcp_content_encoding", 415, INVALID_REQUEST),
            Self::ContentType => row("mcp_content_type", 415, INVALID_REQUEST),
            Self::HeaderMalformed { .. } => row("mcp_header_malformed", 400, HEADER_MISMATCH),
            Self::HeaderMismatch { .. } => row("mcp_header_mismatch", 400, HEADER_MISMATCH),
            Self::HeaderMissing { .. } => row("mcp_header_missing", 400, HEADER_MISMATCH),
            Self::HttpMethod => row("mcp_http_method", 405, INVALID_REQUEST),
            Self::Json(_) => row("mcp_json", 400, PARSE_ERROR),
            Self::MethodNotFound { status } => row("mcp_method_not_found", *status, METHOD_NOT_FOUND),
            Self::NotAMessage => row("mcp_not_a_message", 400, INVALID_REQUEST),
            Self::NotUtf8 => row("mcp_not_utf8", 400, PARSE_ERROR),
            Self::Params => row("mcp_params", 400, INVALID_PARAMS),
            Self::Response => row("mcp_response", 400, INVALID_REQUEST),
            Self::Revision => row("mcp_revision", 400, UNSUPPORTED_PROTOCOL_VERSION),
            Self::TargetUnknown { .. } => row("mcp_target_unknown", 403, INVALID_PARAMS),
            Self::Upgrade => row("mcp_upgrade", 400, INVALID_REQUEST),
        }
    }
}

impl From<JsonError> for MessageError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

/// What an error means in a response.
struct Row {
    label: &'static str,
    status: u16,
    code: i32,
}

const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
const METHOD_NOT_FOUND: i32 = -32601;
const INVALID_PARAMS: i32 = -32602;
const HEADER_MISMATCH: i32 = -32020;
const UNSUPPORTED_PROTOCOL_VERSION: i32 = -32022;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use auth0_api_core::jose::JsonError;

    use super::MessageError;

    #[test]
    fn each_error_has_a_label_of_its_own_and_a_text_that_needs_no_escapes() {
        let header = "Mcp-Name";
        let errors = [
            MessageError::Batch,
            MessageError::BatchTooLong,
            MessageError::BodyIncomplete,
            MessageError::BodyTimeout,
            MessageError::BodyTooLong,
            MessageError::BodyUnexpected,
            MessageError::ContentEncoding,
            MessageError::ContentType,
            MessageError::HeaderMalformed { header },
            MessageError::HeaderMismatch { header },
            MessageError::HeaderMissing { header },
            MessageError::HttpMethod,
            MessageError::Json(JsonError::TooDeep),
            MessageError::MethodNotFound { status: 404 },
            MessageError::NotAMessage,
            MessageError::NotUtf8,
            MessageError::Params,
            MessageError::Response,
            MessageError::Revision,
            MessageError::TargetUnknown { kind: "tool" },
            MessageError::Upgrade,
        ];
        let labels: BTreeSet<_> = errors.iter().map(MessageError::label).collect();
        assert_eq!(labels.len(), errors.len());
        assert!(labels.iter().all(|label| label.starts_with("mcp_")), "{labels:?}");
        for error in errors {
            let text = error.to_string();
            assert!(!text.contains(['"', '\\']) && text.is_ascii() && !text.ends_with('.'), "{text}");
            assert!((400..500).contains(&error.status()), "{text}");
        }
    }
}
