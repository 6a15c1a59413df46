//! Requests, rejections and texts that the tests of several topics need.

use std::time::Duration;

use auth0_api_core::{ApiClient, Error, TokenRequest, VerifiedToken};
use auth0_api_testing::{DpopClient, LocalTenant, TokenHolder};

/// A rejection: the status and challenges for the client, and the label for operators.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rejected {
    pub(crate) status: u16,
    pub(crate) label: &'static str,
    pub(crate) challenges: Vec<String>,
}

/// Verifies a GET request to this URL with these headers.
pub(crate) async fn get(api: &ApiClient, url: &str, headers: &[(&str, &str)]) -> Result<VerifiedToken, Error> {
    let headers = headers.to_vec();
    api.verify_request(&TokenRequest::new("GET", url, &headers)).await
}

/// Mints a token that is bound to this key.
pub(crate) fn with_key(tenant: &LocalTenant, key: &DpopClient) -> TokenHolder {
    let token = tenant.mint().bound_to(key).sign();
    key.holding(token)
}

/// Returns the complete rejection of a request that must be rejected.
pub(crate) fn rejection(api: &ApiClient, outcome: Result<VerifiedToken, Error>) -> Rejected {
    let rejection = api.reject(&outcome.unwrap_err());
    let challenges = rejection.challenges().iter().map(ToString::to_string).collect();
    Rejected { status: rejection.status(), label: rejection.label(), challenges }
}

/// Returns the expected rejection of an invalid Bearer token by an API in the default DPoP mode.
pub(crate) fn invalid_token(label: &'static str, challenge: &str) -> Rejected {
    Rejected { status: 401, label, challenges: vec![challenge.to_owned(), r#"DPoP algs="ES256""#.to_owned()] }
}

/// Returns a signed text of exactly this length. `sign` takes one padding for the claims and one for the header.
pub(crate) fn of_length(length: usize, sign: impl Fn(String, String) -> String) -> String {
    let padded = |claims: usize, header: usize| sign("p".repeat(claims), "p".repeat(header));
    // Base64url without padding turns 3n octets into 4n characters, and never has a length of 4n + 1. So padding in the
    // claims alone cannot produce every length. Up to three octets of padding in the header produce the other lengths.
    let claims = (length - padded(0, 0).len()) / 4 * 3;
    let fits = |claims: usize| (0..4).map(move |header| (claims, header));
    let mut candidates = (claims - 6..=claims).flat_map(fits).map(|(claims, header)| padded(claims, header));
    candidates.find(|text| text.len() == length).unwrap()
}

pub(crate) fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}
