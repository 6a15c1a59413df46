//! The input: a token, headers, or a request, in the forms in which people have them.
//!
//! | form | recognised by |
//! |---|---|
//! | a command of "Copy as cURL" | its first word, `curl` |
//! | the answer of a token endpoint | JSON with `access_token` |
//! | the output of `curl -v` | lines that begin with `> ` |
//! | an HTTP request | its first line, or the pseudo-headers of HTTP/2 |
//! | header lines | `Authorization:` or `DPoP:` |
//! | the value of the header | its scheme |
//! | a token | nothing else fits |

mod curl;
mod http;

use std::fmt;
use std::io::Read;

use serde_json::Value;

/// What a client has presented. It contains a token, so `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Presented {
    /// A request, or parts of one: it has at least an `Authorization` header.
    Request(Request),
    /// A token alone.
    Token(String),
}

/// The parts of a request that the checks read.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Request {
    pub(super) method: Option<String>,
    pub(super) url: Option<String>,
    /// The `Authorization` and `DPoP` headers.
    pub(super) headers: Vec<(String, String)>,
}

/// Why the input cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InputError(&'static str);

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request(_) => "Request([redacted])",
            Self::Token(_) => "Token([redacted])",
        })
    }
}

impl Request {
    /// The value of a header; `None` if it is missing, or there more than once.
    pub(super) fn header(&self, wanted: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let (first, others) = (values.next(), values.next());
        first.filter(|_| others.is_none()).map(|(_, value)| value.trim())
    }

    /// The scheme and the token of the `Authorization` header.
    pub(super) fn credentials(&self) -> Option<(&str, &str)> {
        self.header("authorization")?.split_once(' ').map(|(scheme, token)| (scheme, token.trim()))
    }

    /// The method; `GET` if the input does not say it.
    pub(super) fn method(&self) -> &str {
        self.method.as_deref().unwrap_or("GET")
    }
}

impl Presented {
    /// The access token, as it is sent.
    pub(crate) fn token(&self) -> Option<&str> {
        match self {
            Self::Request(request) => request.credentials().map(|(_, token)| token),
            Self::Token(token) => Some(token),
        }
    }

    /// Replaces the method and the URL of a request, if they are given.
    pub(super) fn called(self, method: Option<&str>, url: Option<&str>) -> Self {
        let Self::Request(request) = self else { return self };
        let method = method.map(str::to_owned).or(request.method);
        Self::Request(Request { method, url: url.map(str::to_owned).or(request.url), ..request })
    }

    /// Reads what a client has presented.
    pub(crate) fn read(source: impl Read) -> Result<Self, InputError> {
        let mut octets = Vec::new();
        source.take(LONGEST + 1).read_to_end(&mut octets).map_err(|_| InputError("standard input cannot be read"))?;
        if u64::try_from(octets.len()).unwrap_or(u64::MAX) > LONGEST {
            return Err(InputError("the input is longer than 1 MiB: pass one request, without its body"));
        }
        let text = String::from_utf8(octets).map_err(|_| InputError("the input is not text in UTF-8"))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, InputError> {
        // Windows tools begin a file with a byte order mark.
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(InputError(
                "standard input is empty: pass a token, the lines Authorization and DPoP, or a request",
            ));
        }
        if let Some(request) = curl::read(text) {
            return request.map(Self::Request).map_err(InputError);
        }
        if text.starts_with('{') {
            return of_token_response(text);
        }
        if let Some(request) = http::read(text) {
            return if request.headers.is_empty() {
                Err(InputError("the request has no Authorization header: it carries no token that could be checked"))
            } else {
                Ok(Self::Request(request))
            };
        }
        of_value(text)
    }
}

/// Reads the answer of a token endpoint.
fn of_token_response(text: &str) -> Result<Presented, InputError> {
    let answer: Value = serde_json::from_str(text).map_err(|_| InputError("the input begins like JSON and is none"))?;
    let token = answer.get("access_token").and_then(Value::as_str);
    token.map(|token| Presented::Token(token.to_owned())).ok_or(InputError("the JSON has no access_token"))
}

/// Reads the value of an `Authorization` header, or a token. Quotation marks around it are of the place that it was
/// copied from, and so are line breaks in it.
fn of_value(text: &str) -> Result<Presented, InputError> {
    let value = text.trim_matches(['"', '\'', '`', ',', ';']).trim();
    let is_scheme = |name: &str| name.eq_ignore_ascii_case("bearer") || name.eq_ignore_ascii_case("dpop");
    if value.split_once(' ').is_some_and(|(scheme, _)| is_scheme(scheme)) {
        let headers = vec![("authorization".to_owned(), value.to_owned())];
        return Ok(Presented::Request(Request { headers, ..Request::default() }));
    }
    let token: String = value.split(['\n', '\r']).map(str::trim).collect();
    if token.contains(char::is_whitespace) {
        return Err(InputError(
            "the input is neither a token nor headers nor a request: of a browser, take \"Copy as cURL\"",
        ));
    }
    Ok(Presented::Token(token))
}

/// Keeps a header that the checks read.
fn keep(headers: &mut Vec<(String, String)>, name: &str, value: &str) {
    let name = name.trim().to_ascii_lowercase();
    if name == "authorization" || name == "dpop" {
        headers.push((name, value.trim().to_owned()));
    }
}

/// A request has at most some hundred KiB of headers, and a command of a browser may contain its body.
const LONGEST: u64 = 1024 * 1024;

#[cfg(test)]
mod tests;
