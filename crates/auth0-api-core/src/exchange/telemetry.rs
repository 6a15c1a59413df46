//! `Auth0-Client`: which SDK asks, as Auth0's own say it on token and discovery requests.

/// The header's name.
pub(super) const HEADER: &str = "auth0-client";

/// The header's value: base64 of a JSON object.
pub(super) fn value() -> String {
    base64_simd::STANDARD.encode_to_string(WHO)
}

const WHO: &str =
    concat!(r#"{"name":""#, env!("CARGO_PKG_NAME"), r#"","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#);
