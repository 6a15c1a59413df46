//! The builder's options for clients that nobody has registered: dynamic registration, and documents that describe them.

use std::sync::Arc;

use auth0_api_core::http::HttpClient;

use super::LocalTenantBuilder;
use crate::client_documents::DocumentSource;

/// # Clients that nobody has registered
impl LocalTenantBuilder {
    /// Lets public clients register themselves at `/oidc/register`
    /// ([RFC 7591](https://www.rfc-editor.org/rfc/rfc7591)), as older MCP clients do; off by default.
    pub fn client_registration(mut self) -> Self {
        self.registry.client_registration = true;
        self
    }

    /// Takes an `https` URL as a `client_id`, and fetches the document there that describes the client
    /// ([OAuth Client ID Metadata Document](https://datatracker.ietf.org/doc/draft-ietf-oauth-client-id-metadata-document/)),
    /// as MCP clients expect; off by default. The URL may also be an `http` URL of this machine, so everyone who can reach the
    /// tenant can make it send such requests.
    ///
    /// The document must keep the rules of the draft, and those of Auth0 for the URL: 5 KiB at most, no redirect, no
    /// secret. The client is public, or authenticates with `private_key_jwt` and `jwks_uri` or `jwks`. It must use PKCE,
    /// and one of the document's redirect URIs. Only the port of a redirect URI on this machine may differ. The tenant uses
    /// a document for a minute. A document that is not available is answered with 503 `temporarily_unavailable`, and an
    /// invalid one with 400 `invalid_client`.
    ///
    /// ```
    /// use auth0_api_testing::LocalTenant;
    ///
    /// let builder = LocalTenant::builder().client_id_metadata_documents();
    /// # drop(builder);
    /// ```
    #[cfg(feature = "reqwest")]
    pub fn client_id_metadata_documents(mut self) -> Self {
        self.documents = DocumentSource::Default;
        self
    }

    /// Takes the URLs of documents as
    #[cfg_attr(feature = "reqwest", doc = "[`client_id_metadata_documents`](Self::client_id_metadata_documents)")]
    #[cfg_attr(not(feature = "reqwest"), doc = "`client_id_metadata_documents`")]
    /// does, and fetches them with this HTTP client: for a private certificate authority, or with a
    /// [`ScriptedHttp`](crate::ScriptedHttp) for documents that no server has.
    ///
    /// ```
    /// use auth0_api_testing::{HttpAnswer, LocalTenant, ScriptedHttp};
    /// use serde_json::json;
    ///
    /// let url = "https://client.example.com/oauth.json";
    /// let http = ScriptedHttp::new();
    /// http.route(url).answer([HttpAnswer::json(200, &json!({
    ///     "client_id": url,
    ///     "client_name": "A client",
    ///     "redirect_uris": ["http://127.0.0.1/callback"],
    /// }))]);
    /// let builder = LocalTenant::builder().client_id_metadata_documents_with(http);
    /// # drop(builder);
    /// ```
    pub fn client_id_metadata_documents_with(mut self, http: impl HttpClient) -> Self {
        self.documents = DocumentSource::Own(Arc::new(http));
        self
    }
}
