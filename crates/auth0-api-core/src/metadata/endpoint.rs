//! The paths where the document is served, and the responses to requests for it.

use super::secure_url::SecureUrl;
use super::{MetadataResponse, ResourceMetadata};
use crate::base64url;
use crate::digest::sha256;
use crate::issuer::Loopback;
use crate::request::HeaderSource;

/// The metadata of an API, ready to be served. Get it from
/// [`ApiClient::resource_metadata`](crate::ApiClient::resource_metadata).
///
/// The adapters have routes for the metadata. Without an adapter, pass each request to one of the
/// [`paths`](Self::paths) to [`respond`](Self::respond), before any code that requires a token:
///
/// ```
/// # use auth0_api_core::{ApiClient, ProtectedResource};
/// # let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com/mcp")
/// #     .resource_metadata(ProtectedResource::new("https://api.example.com/mcp"))
/// #     .build()?;
/// let metadata = api.resource_metadata().expect("configured above");
/// assert!(metadata.is_at("/.well-known/oauth-protected-resource/mcp"));
///
/// let response = metadata.respond("GET", &[("accept", "application/json")]);
/// assert_eq!((response.status(), response.body()), (200, metadata.body()));
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct MetadataEndpoint {
    document: ResourceMetadata,
    body: String,
    challenge_scope: Option<Box<str>>,
    etag: String,
    paths: Vec<String>,
    url: String,
}

impl MetadataEndpoint {
    /// Prepares the responses for a checked document.
    pub(super) fn new(document: ResourceMetadata, challenge_scopes: &[Box<str>]) -> Self {
        let body = document.to_json();
        let (url, paths) = url_and_paths(document.resource());
        let etag = format!(r#""{}""#, base64url::encode(&sha256(body.as_bytes())));
        let challenge_scope = (!challenge_scopes.is_empty()).then(|| challenge_scopes.join(" ").into());
        Self { document, body, challenge_scope, etag, paths, url }
    }

    /// Returns the document.
    pub fn document(&self) -> &ResourceMetadata {
        &self.document
    }

    /// Returns the document as JSON: the body of a response with status 200.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Returns the URL of the document, which the challenges name as `resource_metadata`
    /// ([RFC 9728 §5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)).
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the paths to serve the document at, each once: the path of
    /// [RFC 9728 §3.1](https://www.rfc-editor.org/rfc/rfc9728#section-3.1), the same path without a trailing slash, and
    /// the path for the root of the host, for clients that know only the host.
    ///
    /// The paths start at the root of the host. If a proxy strips a prefix from the paths of the API, configure the
    /// proxy to also pass these paths to the server.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Returns the path of [RFC 9728 §3.1](https://www.rfc-editor.org/rfc/rfc9728#section-3.1) with and without a trailing
    /// slash: the [`paths`](Self::paths) without the one for the root of the host.
    ///
    /// Serve these if another API on the same host has the root. A resource without a path has no other path.
    pub fn own_paths(&self) -> impl Iterator<Item = &str> {
        let has_own_path = self.paths.iter().any(|path| path != WELL_KNOWN);
        self.paths().filter(move |path| !has_own_path || *path != WELL_KNOWN)
    }

    /// Whether a request's path is one of the [`paths`](Self::paths).
    pub fn is_at(&self, path: &str) -> bool {
        self.paths.iter().any(|known| known == path)
    }

    /// Answers a request to one of the [`paths`](Self::paths): GET and HEAD with the document, or with 304 if the
    /// client already has it; OPTIONS with the headers that a browser's preflight needs; other methods with 405.
    ///
    /// Every website may read the document ([RFC 9728 §3.1](https://www.rfc-editor.org/rfc/rfc9728#section-3.1) expects
    /// browser clients), and caches may keep it for an hour. The responses to GET and HEAD have the same body, so that
    /// the length of the body is known. HTTP servers do not send the body for HEAD.
    pub fn respond<H: HeaderSource + ?Sized>(&self, method: &str, headers: &H) -> MetadataResponse<'_> {
        match method {
            "GET" | "HEAD" if self.is_cached_by(headers) => MetadataResponse::not_modified(&self.etag),
            "GET" | "HEAD" => MetadataResponse::document(&self.body, &self.etag),
            "OPTIONS" => MetadataResponse::preflight(),
            _ => MetadataResponse::method_not_allowed(),
        }
    }

    /// Whether the document or a challenge names a scope: `scopes_supported`, or
    /// [`challenge_scopes`](crate::ProtectedResource::challenge_scopes).
    pub fn names_scope(&self, scope: &str) -> bool {
        let challenged = self.challenge_scope.iter().flat_map(|scopes| scopes.split(' '));
        self.document.scopes().chain(challenged).any(|named| named == scope)
    }

    /// Returns the `scope` of challenges for which the error names none.
    pub(crate) fn challenge_scope(&self) -> Option<&str> {
        self.challenge_scope.as_deref()
    }

    /// RFC 9110 §13.1.2: `If-None-Match` is `*` or a list of entity tags. The tags are compared with the weak
    /// comparison.
    fn is_cached_by<H: HeaderSource + ?Sized>(&self, headers: &H) -> bool {
        let mut known = false;
        headers.each_value("if-none-match", &mut |value| {
            let tags = value.split(|octet| *octet == b',').map(<[u8]>::trim_ascii);
            known |= tags
                .map(|tag| tag.strip_prefix(b"W/").unwrap_or(tag))
                .any(|tag| tag == b"*" || tag == self.etag.as_bytes());
        });
        known
    }
}

/// Returns the URL of a resource's document, and the paths to serve it at. RFC 9728 §3.1: the well-known string is
/// inserted between host and path; a path that is only a slash is left out.
fn url_and_paths(resource: &str) -> (String, Vec<String>) {
    // `check` has parsed this resource before, so parsing succeeds. `check` has also decided whether plain http is
    // allowed, so http is accepted here in any case.
    let Some(SecureUrl { origin, path, query }) = SecureUrl::parse(resource, Loopback::HttpAllowed) else {
        return Default::default();
    };
    let path = format!("{WELL_KNOWN}{}", if path == "/" { "" } else { path });
    let url = format!("{origin}{path}{query}");
    let mut paths = vec![path.clone(), path.trim_end_matches('/').to_owned(), WELL_KNOWN.to_owned()];
    paths.dedup();
    (url, paths)
}

/// RFC 9728 §3.
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{MetadataEndpoint, WELL_KNOWN};
    use crate::metadata::ProtectedResource;
    use crate::metadata::StandaloneResource;

    fn endpoint(resource: &str) -> MetadataEndpoint {
        let resource = ProtectedResource::new(resource).authorization_servers(["https://tenant.eu.auth0.com/"]);
        MetadataEndpoint::new(StandaloneResource::new(resource).document().unwrap(), &[])
    }

    #[test]
    fn the_well_known_string_is_inserted_between_host_and_path() {
        for (resource, url, paths) in [
            ("https://a.example", "https://a.example/.well-known/oauth-protected-resource", &[""][..]),
            ("https://a.example/", "https://a.example/.well-known/oauth-protected-resource", &[""]),
            ("https://a.example/mcp", "https://a.example/.well-known/oauth-protected-resource/mcp", &["/mcp", ""]),
            (
                "https://a.example:8443/v1/mcp/",
                "https://a.example:8443/.well-known/oauth-protected-resource/v1/mcp/",
                &["/v1/mcp/", "/v1/mcp", ""],
            ),
            (
                "https://a.example/mcp?tenant=1",
                "https://a.example/.well-known/oauth-protected-resource/mcp?tenant=1",
                &["/mcp", ""],
            ),
        ] {
            let endpoint = endpoint(resource);
            let expected: Vec<String> = paths.iter().map(|path| format!("{WELL_KNOWN}{path}")).collect();
            assert_eq!((endpoint.url(), &endpoint.paths), (url, &expected), "{resource}");
            assert!(expected.iter().all(|path| endpoint.is_at(path)));
            assert!(!endpoint.is_at("/.well-known/oauth-protected-resource/other"));
        }
    }

    #[test]
    fn each_method_gets_its_response() {
        let endpoint = endpoint("https://a.example");
        let etag = r#""jfryZ66Gsf4x6cNgtA85mTKGkiDaVd-3Wvj6XxqTT2Y""#;
        let found = [
            ("content-type", "application/json"),
            ("cache-control", "public, max-age=3600"),
            ("access-control-allow-origin", "*"),
            ("etag", etag),
        ];
        let none: [(&str, &str); 0] = [];
        for method in ["GET", "HEAD"] {
            let response = endpoint.respond(method, &none);
            assert_eq!((response.status(), response.body()), (200, endpoint.body()));
            assert_eq!(response.headers().collect::<Vec<_>>(), found);
        }
        let response = endpoint.respond("OPTIONS", &none);
        assert_eq!((response.status(), response.body()), (204, ""));
        assert_eq!(
            response.headers().collect::<Vec<_>>(),
            [
                ("access-control-allow-origin", "*"),
                ("access-control-allow-methods", "GET, HEAD"),
                ("access-control-allow-headers", "*"),
                ("access-control-max-age", "3600"),
            ]
        );
        for method in ["POST", "PUT", "DELETE", "get", ""] {
            let response = endpoint.respond(method, &none);
            assert_eq!((response.status(), response.body()), (405, ""));
            let headers: Vec<_> = response.headers().collect();
            assert_eq!(headers, [("access-control-allow-origin", "*"), ("allow", "GET, HEAD, OPTIONS")]);
        }
    }

    #[test]
    fn a_matching_etag_is_answered_with_304() {
        let endpoint = endpoint("https://a.example");
        let etag = endpoint.etag.clone();
        for (value, status) in [
            (etag.clone(), 304),
            (format!("W/{etag}"), 304),
            (format!(r#""other", {etag}"#), 304),
            ("*".to_owned(), 304),
            (r#""other""#.to_owned(), 200),
            (etag.trim_matches('"').to_owned(), 200),
            (String::new(), 200),
        ] {
            let response = endpoint.respond("GET", &[("If-None-Match", &value)]);
            assert_eq!(response.status(), status, "{value}");
            assert_eq!(response.body().is_empty(), status == 304);
        }
    }
}
