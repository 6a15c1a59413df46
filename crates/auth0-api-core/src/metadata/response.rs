//! An answer at the well-known path, in the words of no framework.

/// The HTTP response to a request for an API's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataResponse<'m> {
    status: u16,
    headers: Vec<(&'static str, &'m str)>,
    body: &'m str,
}

impl<'m> MetadataResponse<'m> {
    pub(super) fn document(body: &'m str, etag: &'m str) -> Self {
        let headers = vec![("content-type", "application/json"), CACHE_CONTROL, ANY_ORIGIN, ("etag", etag)];
        Self { status: 200, headers, body }
    }

    pub(super) fn not_modified(etag: &'m str) -> Self {
        Self { status: 304, headers: vec![CACHE_CONTROL, ANY_ORIGIN, ("etag", etag)], body: "" }
    }

    /// MCP clients send a header of their own with this request, which makes a browser ask first.
    pub(super) fn preflight() -> Self {
        let allowed = [
            ANY_ORIGIN,
            ("access-control-allow-methods", "GET, HEAD"),
            ("access-control-allow-headers", "*"),
            ("access-control-max-age", "3600"),
        ];
        Self { status: 204, headers: allowed.to_vec(), body: "" }
    }

    pub(super) fn method_not_allowed() -> Self {
        Self { status: 405, headers: vec![ANY_ORIGIN, ("allow", "GET, HEAD, OPTIONS")], body: "" }
    }

    /// The status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Every header of the response. Names are in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'m str)> {
        self.headers.iter().copied()
    }

    /// The body; empty unless the document is in it.
    pub fn body(&self) -> &'m str {
        self.body
    }
}

/// It changes with deployments only, and a client that comes late learns the rest from challenges. An hour, so that a change is
/// seen within one.
const CACHE_CONTROL: (&str, &str) = ("cache-control", "public, max-age=3600");
/// Public by nature, and read without credentials.
const ANY_ORIGIN: (&str, &str) = ("access-control-allow-origin", "*");
