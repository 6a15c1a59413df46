//! A response at the well-known path, independent of any framework.

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

    /// Answers a browser's preflight request. MCP clients in a browser send a custom header with their request, so the
    /// browser sends a preflight first.
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

    /// Returns the status code.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns all headers of the response. Names are in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'m str)> {
        self.headers.iter().copied()
    }

    /// Returns the body: the document, or an empty text.
    pub fn body(&self) -> &'m str {
        self.body
    }
}

/// One hour: clients see a change within that time. The document changes only with a deployment. A client with an old
/// document learns from the challenge of a route what the route needs.
const CACHE_CONTROL: (&str, &str) = ("cache-control", "public, max-age=3600");
/// The document is public, and clients read it without credentials.
const ANY_ORIGIN: (&str, &str) = ("access-control-allow-origin", "*");
