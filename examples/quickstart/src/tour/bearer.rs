//! Bearer tokens, good and bad.

use std::time::Duration;

use auth0_api_testing::LocalTenant;

use super::{Places, Step};

pub(super) fn steps(Places { tenant, url, .. }: &Places) -> Vec<Step> {
    let private = |title, token: Option<String>, status, challenge| Step {
        title,
        url: format!("{url}/api/private"),
        authorization: token.map(|token| format!("Bearer {token}")),
        promised_status: status,
        promised_challenge: challenge,
        ..Step::default()
    };
    let scoped = |step: Step| Step { url: format!("{url}/api/private-scoped"), ..step };
    let an_hour_ago = tenant.clock().now() - Duration::from_secs(3600);
    let expired = tenant.mint().issued_at(an_hour_ago).expires_at(an_hour_ago + Duration::from_secs(60)).sign();
    let reader = tenant.mint().scope("read:messages").sign();
    vec![
        Step { url: format!("{url}/api/public"), ..private("a public route, no token", None, 200, "") },
        private("no token", None, 401, "Bearer realm=\"api\""),
        private("a good token", Some(tenant.mint().sign()), 200, ""),
        private("an expired token", Some(expired), 401, "the access token has expired"),
        private(
            "a token for another API",
            Some(tenant.mint().audience("https://other.example.com").sign()),
            401,
            "the access token is not for this API",
        ),
        private(
            "a token somebody tampered with",
            Some(tampered(tenant)),
            401,
            "the signature of the access token is invalid",
        ),
        scoped(private("a good token without the scope", Some(tenant.mint().sign()), 403, "scope=\"read:messages\"")),
        scoped(private("a good token with the scope", Some(reader), 200, "")),
    ]
}

/// The claims of one token under the signature of another.
fn tampered(tenant: &LocalTenant) -> String {
    let honest = tenant.mint().subject("auth0|somebody").sign();
    let wanted = tenant.mint().subject("auth0|admin").sign();
    let claims = wanted.split('.').nth(1).unwrap_or_default();
    let mut segments: Vec<_> = honest.split('.').collect();
    if let Some(segment) = segments.get_mut(1) {
        *segment = claims;
    }
    segments.join(".")
}
