//! Valid and invalid Bearer tokens.

use std::time::Duration;

use auth0_api_testing::LocalTenant;

use super::{Servers, Step};

pub(super) fn steps(Servers { tenant, url, .. }: &Servers) -> Vec<Step> {
    let private = |title, token: Option<String>, status, challenge| Step {
        title,
        url: format!("{url}/api/private"),
        authorization: token.map(|token| format!("Bearer {token}")),
        expected_status: status,
        expected_challenge: challenge,
        ..Step::default()
    };
    let scoped = |step: Step| Step { url: format!("{url}/api/private-scoped"), ..step };
    let an_hour_ago = tenant.clock().now() - Duration::from_secs(3600);
    let expired = tenant.mint().issued_at(an_hour_ago).expires_at(an_hour_ago + Duration::from_secs(60)).sign();
    let reader = tenant.mint().scope("read:messages").sign();
    vec![
        Step { url: format!("{url}/api/public"), ..private("a public route without a token", None, 200, "") },
        private("a protected route without a token", None, 401, "Bearer realm=\"api\""),
        private("a valid token", Some(tenant.mint().sign()), 200, ""),
        private("an expired token", Some(expired), 401, "the access token has expired"),
        private(
            "a token for another API",
            Some(tenant.mint().audience("https://other.example.com").sign()),
            401,
            "the access token is not for this API",
        ),
        private(
            "a token whose claims were changed",
            Some(tampered(tenant)),
            401,
            "the signature of the access token is invalid",
        ),
        scoped(private(
            "a valid token without the scope that the route requires",
            Some(tenant.mint().sign()),
            403,
            "scope=\"read:messages\"",
        )),
        scoped(private("a valid token with that scope", Some(reader), 200, "")),
    ]
}

/// A token with the signature of one token and the claims of another.
fn tampered(tenant: &LocalTenant) -> String {
    let signed = tenant.mint().subject("auth0|local-user").sign();
    let changed = tenant.mint().subject("auth0|admin").sign();
    let claims = changed.split('.').nth(1).unwrap_or_default();
    let mut segments: Vec<_> = signed.split('.').collect();
    if let Some(segment) = segments.get_mut(1) {
        *segment = claims;
    }
    segments.join(".")
}
