//! What comes back, and what should.

use std::fmt;

/// An answer: its status, what its headers say about the rejection or to the next request, and its body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header lines, names in lower case. Lines of one name keep their order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// An answer of these parts.
    pub fn new(status: u16, headers: Vec<(String, String)>, body: impl Into<String>) -> Self {
        Self { status, headers, body: body.into() }
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    /// What a handler says.
    pub(super) fn served(body: &str) -> Self {
        Self::new(200, Vec::new(), body)
    }

    /// A rejection with these challenges and the usual body.
    pub(super) fn rejected(status: u16, challenges: &[&str], error: &str, description: &str) -> Self {
        let body = format!(r#"{{"error":"{error}","error_description":"{description}"}}"#);
        let challenges = challenges.iter().map(|challenge| ("www-authenticate".to_owned(), (*challenge).to_owned()));
        let content_type = [("content-type".to_owned(), "application/json".to_owned())];
        Self::new(status, challenges.chain(content_type).collect(), body)
    }

    /// The answer to an extractor or a requirement that no layer covers.
    pub(super) fn misconfigured() -> Self {
        Self::rejected(500, &[], "server_error", "the server is misconfigured")
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What two answers are compared by: no lines of the transport, and names in alphabetical order, because some servers keep
    /// headers in hash maps.
    pub(super) fn comparable(mut self) -> Self {
        self.headers.retain(|(name, _)| !TRANSPORT.contains(&name.as_str()));
        self.headers.sort_by(|(one, _), (other, _)| one.cmp(other));
        self
    }

    /// Leaves out a type that a handler has chosen.
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

/// What servers add to every answer.
const TRANSPORT: [&str; 5] = ["connection", "content-length", "date", "server", "transfer-encoding"];
