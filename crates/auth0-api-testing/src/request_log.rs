//! The request log: what each client asked for, and why the tenant rejected it.

use std::fmt;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;

use crate::state::Tenant;
use crate::{GrantType, LocalTenantBuilder, RecordedRequest};

/// A request that the tenant has answered; see [`LocalTenantBuilder::request_log`].
///
/// It contains no query, no body, no token and no secret. Its `Display` is one line, such as
/// `POST /oauth/token 403 local-page refresh_token: invalid_grant, Unknown or invalid refresh token.`
#[derive(Clone, Debug)]
pub struct LoggedRequest {
    method: Method,
    path: String,
    status: StatusCode,
    client_id: Option<String>,
    grant: Option<GrantType>,
    rejection: Option<Rejected>,
}

/// Why a request was rejected: a code, and a sentence for developers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) error: String,
    pub(crate) description: String,
}

/// What receives each request.
#[derive(Clone)]
pub(crate) struct RequestLog(Arc<dyn Fn(&LoggedRequest) + Send + Sync>);

/// # What the tenant reports
impl LocalTenantBuilder {
    /// Calls this function after each request, for example to print it while developing. Off by default.
    ///
    /// ```
    /// use auth0_api_testing::LocalTenant;
    ///
    /// let builder = LocalTenant::builder().request_log(|request| eprintln!("{request}"));
    /// # drop(builder);
    /// ```
    pub fn request_log(mut self, log: impl Fn(&LoggedRequest) + Send + Sync + 'static) -> Self {
        self.log = Some(RequestLog(Arc::new(log)));
        self
    }
}

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

/// Answers the request, and reports it to the log of the tenant, if it has one.
pub(crate) async fn log(State(tenant): State<Arc<Tenant>>, request: Request, next: Next) -> Response {
    let Some(RequestLog(log)) = tenant.log.clone() else { return next.run(request).await };
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let (rejection, response) = rejection(next.run(request).await).await;
    let token_request = response.extensions().get::<RecordedRequest>();
    let client_id = match token_request {
        Some(request) => request.client_id(),
        None => parameter(uri.query().unwrap_or_default(), "client_id"),
    };
    log(&LoggedRequest {
        method,
        path: uri.path().to_owned(),
        status: response.status(),
        client_id,
        grant: token_request.and_then(|request| GrantType::from_name(request.field("grant_type")?)),
        rejection,
    });
    response
}

/// Returns why the request was rejected. The reason is where the client finds it: in an extension of the response, in
/// the URL of a redirect, in the JSON of the body, or in the challenge.
async fn rejection(response: Response) -> (Option<Rejected>, Response) {
    if let Some(rejected) = response.extensions().get::<Rejected>() {
        return (Some(rejected.clone()), response);
    }
    if response.status().is_redirection() {
        return (of_redirect(response.headers()), response);
    }
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let is_json = text(response.headers(), header::CONTENT_TYPE).is_some_and(|value| value.contains("json"));
    if !is_error {
        return (None, response);
    }
    let challenge = of_challenge(response.headers());
    if !is_json {
        return (challenge, response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    let rejected = serde_json::from_slice(&body).ok().and_then(|json| of_json(&json)).or(challenge);
    (rejected, Response::from_parts(parts, Body::from(body)))
}

fn of_redirect(headers: &HeaderMap) -> Option<Rejected> {
    let (_, query) = text(headers, header::LOCATION)?.split_once('?')?;
    let description = parameter(query, "error_description").unwrap_or_default();
    Some(Rejected { error: parameter(query, "error")?, description })
}

/// Reads the members of OAuth, of the My Account API, and of the Management API.
fn of_json(json: &Value) -> Option<Rejected> {
    let member = |names: &[&str]| names.iter().find_map(|name| json.get(name)?.as_str()).map(str::to_owned);
    let description = member(&["error_description", "detail", "message"]).unwrap_or_default();
    Some(Rejected { error: member(&["errorCode", "error", "title"])?, description })
}

/// RFC 6750 §3: reads the parameter `error` of a challenge.
fn of_challenge(headers: &HeaderMap) -> Option<Rejected> {
    let (_, rest) = text(headers, header::WWW_AUTHENTICATE)?.split_once("error=\"")?;
    let (error, _) = rest.split_once('"')?;
    Some(Rejected { error: error.to_owned(), description: String::new() })
}

fn parameter(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
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

/// The two grants with long URNs are better known by other names.
fn short_name(grant: GrantType) -> &'static str {
    match grant {
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

/// Bytes. The tenant's own errors have a few hundred. The body is in memory already.
const MAX_BODY: usize = 1024 * 1024;
