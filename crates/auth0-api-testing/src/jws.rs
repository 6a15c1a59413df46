//! A compact JWS before it is signed: the common part of the builders of tokens and proofs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::SigningKey;

/// The claims, and the changes that a test makes to the default header, claims and signature.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) claims: Map<String, Value>,
    /// Header parameters to set (`Some`) or to remove (`None`), in the order of the calls.
    pub(crate) header_edits: Vec<(String, Option<Value>)>,
    pub(crate) raw_header: Option<String>,
    pub(crate) raw_claims: Option<String>,
    pub(crate) raw_signature: Option<String>,
}

impl Draft {
    pub(crate) fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.claims.insert(name.into(), value.into());
    }

    /// Signs the header and the claims ([RFC 7515 §5.1](https://www.rfc-editor.org/rfc/rfc7515#section-5.1)). The
    /// header is `defaults` with the edits applied.
    pub(crate) fn sign(&self, defaults: Value, key: &SigningKey) -> String {
        let header = self.raw_header.clone().unwrap_or_else(|| self.edited(defaults).to_string());
        let claims = self.raw_claims.clone().unwrap_or_else(|| Value::Object(self.claims.clone()).to_string());
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = || URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes()));
        format!("{signed}.{}", self.raw_signature.clone().unwrap_or_else(signature))
    }

    fn edited(&self, mut header: Value) -> Value {
        if let Some(members) = header.as_object_mut() {
            for (name, edit) in &self.header_edits {
                match edit {
                    Some(value) => members.insert(name.clone(), value.clone()),
                    None => members.remove(name),
                };
            }
        }
        header
    }
}

/// Implements the setters that the builders of tokens and proofs share. The builder must have a field `draft`.
macro_rules! draft_setters {
    ($builder:ty) => {
        impl $builder {
            /// Sets a claim to any JSON value.
            pub fn claim(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
                self.draft.set(name, value);
                self
            }

            /// Removes a claim.
            pub fn without_claim(mut self, name: &str) -> Self {
                self.draft.claims.remove(name);
                self
            }

            /// Sets a header parameter to any JSON value. The parameter may be `alg` or `kid`: the key that signs stays
            /// the same.
            pub fn header(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
                self.draft.header_edits.push((name.into(), Some(value.into())));
                self
            }

            /// Removes a header parameter.
            pub fn without_header(mut self, name: impl Into<String>) -> Self {
                self.draft.header_edits.push((name.into(), None));
                self
            }

            /// Uses this text as the whole header. The text may be invalid JSON. The signature covers the text.
            pub fn raw_header(mut self, json_text: impl Into<String>) -> Self {
                self.draft.raw_header = Some(json_text.into());
                self
            }

            /// Uses this text as the whole payload. The text may be invalid JSON. The signature covers the text.
            pub fn raw_claims(mut self, json_text: impl Into<String>) -> Self {
                self.draft.raw_claims = Some(json_text.into());
                self
            }

            /// Uses this text as the third part of the JWS, without encoding the text. An empty text makes an unsigned
            /// JWT.
            pub fn raw_signature(mut self, text: impl Into<String>) -> Self {
                self.draft.raw_signature = Some(text.into());
                self
            }
        }
    };
}

pub(crate) use draft_setters;
