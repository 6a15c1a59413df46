//! The document itself.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// The metadata of a protected resource ([RFC 9728 §2](https://www.rfc-editor.org/rfc/rfc9728#section-2)), as a JSON document.
///
/// Its members come in the order of the RFC's list. What was never set is left out, and so are empty lists
/// ([RFC 9728 §3.2](https://www.rfc-editor.org/rfc/rfc9728#section-3.2)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ResourceMetadata(pub(super) Members);

/// How a Bearer token may be presented ([RFC 9728 §2](https://www.rfc-editor.org/rfc/rfc9728#section-2)).
///
/// Clients of this crate take it from the header only. The others are for documents of servers that do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BearerMethod {
    /// In the body of a form ([RFC 6750 §2.2](https://www.rfc-editor.org/rfc/rfc6750#section-2.2)).
    Body,
    /// In the `Authorization` header ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    Header,
    /// In the URL's query ([RFC 6750 §2.3](https://www.rfc-editor.org/rfc/rfc6750#section-2.3)).
    Query,
}

/// The members, by the names and in the order of RFC 9728 §2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Members {
    pub(super) resource: Box<str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) authorization_servers: Vec<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) jwks_uri: Option<Box<str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) scopes_supported: Vec<Box<str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) bearer_methods_supported: Vec<BearerMethod>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) resource_signing_alg_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_documentation: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_policy_uri: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_tos_uri: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_name: Option<Box<str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tls_client_certificate_bound_access_tokens: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) authorization_details_types_supported: Vec<Box<str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) dpop_signing_alg_values_supported: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dpop_bound_access_tokens_required: Option<bool>,
    /// RFC 9728 §2.1: `resource_name#de` and its like.
    #[serde(flatten)]
    pub(super) names_by_language: BTreeMap<String, Box<str>>,
}

impl ResourceMetadata {
    /// `resource`: the identifier of the API.
    pub fn resource(&self) -> &str {
        &self.0.resource
    }

    /// `authorization_servers`: who issues tokens for it.
    pub fn authorization_servers(&self) -> impl Iterator<Item = &str> {
        self.0.authorization_servers.iter().map(AsRef::as_ref)
    }

    /// `scopes_supported`: the scopes that it is worth asking for.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.0.scopes_supported.iter().map(AsRef::as_ref)
    }

    /// The document as JSON.
    pub fn to_json(&self) -> String {
        // Texts, lists and truth values only: there is nothing that JSON has no form for.
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for ResourceMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}
