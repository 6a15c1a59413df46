//! The `Auth0-Client` header: it names this SDK and its version on token and discovery requests, as Auth0's own SDKs
//! do.

/// The header's name.
pub(super) const HEADER: &str = "auth0-client";

/// The header's value: base64 of a JSON object.
pub(super) fn value() -> String {
    base64_simd::STANDARD.encode_to_string(SDK)
}

const SDK: &str =
    concat!(r#"{"name":""#, env!("CARGO_PKG_NAME"), r#"","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#);
