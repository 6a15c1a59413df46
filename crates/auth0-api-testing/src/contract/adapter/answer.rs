//! A response to a request of the suite: an actual response, or an expected response.

use std::fmt;

/// A response: status, headers and body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header lines, with names in lower case. Lines with the same name keep their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Makes an answer from its parts.
    pub fn new(status: u16, headers: Vec<(String, String)>, body: impl Into<String>) -> Self {
        Self { status, headers, body: body.into() }
    }

    /// Returns the first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    /// Makes the answer of a handler: 200 with this body.
    pub(super) fn served(body: &str) -> Self {
        Self::new(200, Vec::new(), body)
    }

    /// Makes a rejection with these challenges and the default JSON body.
    pub(super) fn rejected(status: u16, challenges: &[&str], error: &str, description: &str) -> Self {
        let body = format!(r#"{{"error":"{error}","error_description":"{description}"}}"#);
        let challenges = challenges.iter().map(|challenge| ("www-authenticate".to_owned(), (*challenge).to_owned()));
        let content_type = [("content-type".to_owned(), "application/json".to_owned())];
        Self::new(status, challenges.chain(content_type).collect(), body).audited()
    }

    /// Makes the answer to a valid token that lacks a scope: 403. The body names the scopes too.
    pub(super) fn lacking(challenges: &[&str], scope: &str) -> Self {
        let description = "the access token lacks a scope that is needed here";
        let body = format!(r#"{{"error":"insufficient_scope","error_description":"{description}","scope":"{scope}"}}"#);
        Self { body, ..Self::rejected(403, challenges, "insufficient_scope", description) }
    }

    /// Adds the header of the audit layer, with any label.
    pub(super) fn audited(self) -> Self {
        self.with(REJECTED, ANY_LABEL)
    }

    /// Makes the answer to a request for a route whose extractor or requirement has no layer: 500.
    pub(super) fn misconfigured() -> Self {
        Self::rejected(500, &[], "server_error", "the server is misconfigured")
    }

    /// Adds a header line.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Removes the header of the audit layer.
    pub(super) fn unaudited(mut self) -> Self {
        self.headers.retain(|(name, _)| name != REJECTED);
        self
    }

    /// Prepares an answer for the comparison: removes the headers that the server adds to every response and the label
    /// of the audit layer, and sorts the other header lines by name, because some servers keep headers in hash maps. The
    /// sort is stable: lines with the same name keep their order.
    pub(super) fn comparable(mut self) -> Self {
        self.headers.retain(|(name, _)| !TRANSPORT.contains(&name.as_str()));
        let labels = self.headers.iter_mut().filter(|(name, _)| name == REJECTED);
        labels.for_each(|(_, label)| ANY_LABEL.clone_into(label));
        self.headers.sort_by(|(one, _), (other, _)| one.cmp(other));
        self
    }

    /// Removes `Content-Type`, which a handler may choose freely.
    pub(super) fn without_content_type(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "content-type");
        self
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "    {}", self.status)?;
        self.headers.iter().try_for_each(|(name, value)| writeln!(f, "    {name}: {value}"))?;
        writeln!(f, "    {}", self.body)
    }
}

/// Stands for any label of a rejection.
const ANY_LABEL: &str = "any label";

/// The headers that servers add to every response.
const TRANSPORT: [&str; 5] = ["connection", "content-length", "date", "server", "transfer-encoding"];

/// The header that the audit layer around all routes adds to a response whose extensions contain a
/// [`Rejection`](auth0_api_core::Rejection). Its value is the label of the rejection.
pub const REJECTED: &str = "x-rejected";
