//! A request that the suite sends.

use std::fmt;

/// A request that a [`Harness`](super::Harness) sends. Its `Debug` output does not contain the headers.
#[derive(Clone)]
#[non_exhaustive]
pub struct Call {
    /// The method.
    pub method: String,
    /// The request target: a path with or without a query, or an absolute URL.
    pub target: String,
    /// The header lines in their order, as name and value. Values may be non-ASCII text.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Call {
    pub(super) fn new(method: &str, target: impl Into<String>) -> Self {
        Self { method: method.to_owned(), target: target.into(), headers: Vec::new(), body: String::new() }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn headers(self, lines: &[(&str, &str)]) -> Self {
        lines.iter().fold(self, |call, (name, value)| call.header(name, *value))
    }

    pub(super) fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(super) fn dpop(self, token: &str, proof: impl Into<String>) -> Self {
        self.header("authorization", format!("DPoP {token}")).header("dpop", proof)
    }

    pub(super) fn body(mut self, body: impl Into<String>) -> Self {
        self.body = body.into();
        self
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("method", &self.method).field("target", &self.target).finish_non_exhaustive()
    }
}
