//! The request log: what each client asked for, and why the tenant rejected it.

use std::fmt;
use std::sync::Arc;

use http::{Method, StatusCode};

use crate::GrantType;

/// A request that the tenant has answered; see
/// [`LocalTenantBuilder::request_log`](crate::LocalTenantBuilder::request_log).
///
/// It contains no query, no body, no token and no secret. Its `Display` is one line, such as
/// `POST /oauth/token 403 local-page refresh_token: invalid_grant, Unknown or invalid refresh token.`
#[derive(Clone, Debug)]
pub struct LoggedRequest {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) status: StatusCode,
    pub(crate) client_id: Option<String>,
    pub(crate) grant: Option<GrantType>,
    pub(crate) rejection: Option<Rejected>,
}

/// Why a request was rejected: a code, and a sentence for developers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) error: String,
    pub(crate) description: String,
}

/// What receives each request.
#[derive(Clone)]
pub(crate) struct RequestLog(pub(crate) Arc<dyn Fn(&LoggedRequest) + Send + Sync>);

impl LoggedRequest {
    /// Returns the method.
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Returns the path without the query, which may contain a code or a token.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the status of the response.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Returns the id of the client, if the request names a client.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }

    /// Returns the grant, if the request is a token request of a known grant.
    pub fn grant(&self) -> Option<GrantType> {
        self.grant
    }

    /// Returns the error code of the response, such as `invalid_grant`. The tenant may report an error with a redirect
    /// or a page: the status is then not that of an error.
    pub fn error(&self) -> Option<&str> {
        self.rejection.as_ref().map(|rejected| rejected.error.as_str())
    }

    /// Returns the reason of the rejection.
    pub fn error_description(&self) -> Option<&str> {
        self.rejection.as_ref().map(|rejected| rejected.description.as_str()).filter(|text| !text.is_empty())
    }
}

impl fmt::Display for LoggedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method, Line(&self.path), self.status.as_u16())?;
        if let Some(client) = &self.client_id {
            write!(f, " {}", Line(client))?;
        }
        if let Some(grant) = self.grant {
            write!(f, " {}", short_name(grant))?;
        }
        if let Some(Rejected { error, description }) = &self.rejection {
            write!(f, ": {}", Line(error))?;
            if !description.is_empty() {
                write!(f, ", {}", Line(description))?;
            }
        }
        Ok(())
    }
}

/// The grants with long URNs are better known by other names.
fn short_name(grant: GrantType) -> &'static str {
    match grant {
        GrantType::Ciba => "ciba",
        GrantType::TokenExchange => "token_exchange",
        GrantType::TokenVault => "token_vault",
        grant => grant.name(),
    }
}

/// A text of a client on one line. Control characters are escaped: a client must not be able to write lines into the
/// log, or to send commands to the terminal.
struct Line<'a>(&'a str);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if c.is_control() || BIDIRECTIONAL.contains(&c) {
                write!(f, "{}", c.escape_default())
            } else {
                write!(f, "{c}")
            }
        })
    }
}

impl fmt::Debug for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestLog")
    }
}

/// The characters that change the direction of a text, so that a line looks different from what it is.
const BIDIRECTIONAL: [char; 9] =
    ['\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'];
