//! The metadata document.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// The metadata of a protected resource ([RFC 9728 §2](https://www.rfc-editor.org/rfc/rfc9728#section-2)), as a JSON
/// document.
///
/// Its members are written in the order of the RFC's list. Members that are not set are left out, and so are empty
/// lists ([RFC 9728 §3.2](https://www.rfc-editor.org/rfc/rfc9728#section-3.2)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ResourceMetadata(pub(super) DocumentMembers);

/// How a Bearer token may be presented ([RFC 9728 §2](https://www.rfc-editor.org/rfc/rfc9728#section-2)).
///
/// This crate reads a token from the header only. The other methods are for the documents of servers that also read
/// tokens in other places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum BearerMethod {
    /// In a form-encoded request body ([RFC 6750 §2.2](https://www.rfc-editor.org/rfc/rfc6750#section-2.2)).
    Body,
    /// In the `Authorization` header ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    Header,
    /// In the URL's query ([RFC 6750 §2.3](https://www.rfc-editor.org/rfc/rfc6750#section-2.3)).
    Query,
}

/// The members, by the names and in the order of RFC 9728 §2.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct DocumentMembers {
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
    /// RFC 9728 §2.1: names with a language tag, such as `resource_name#de`.
    #[serde(flatten)]
    pub(super) names_by_language: BTreeMap<String, Box<str>>,
}

impl ResourceMetadata {
    /// Returns `resource`: the identifier of the API.
    pub fn resource(&self) -> &str {
        &self.0.resource
    }

    /// Returns `authorization_servers`: the issuers of tokens for the API.
    pub fn authorization_servers(&self) -> impl Iterator<Item = &str> {
        self.0.authorization_servers.iter().map(AsRef::as_ref)
    }

    /// Returns `scopes_supported`: the scopes that a client may request.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.0.scopes_supported.iter().map(AsRef::as_ref)
    }

    /// Returns `authorization_details_types_supported`: the types of authorization details that a client may request
    /// ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)).
    pub fn authorization_details_types(&self) -> impl Iterator<Item = &str> {
        self.0.authorization_details_types_supported.iter().map(AsRef::as_ref)
    }

    /// Returns the document as JSON.
    pub fn to_json(&self) -> String {
        // Cannot fail: the document has only strings, lists, booleans and a map with string keys.
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for ResourceMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}
