//! Valid and invalid Bearer tokens.

use std::time::Duration;

use auth0_api_testing::LocalTenant;

use super::{Servers, Step};

pub(super) fn steps(Servers { tenant, url, .. }: &Servers) -> Vec<Step> {
    let private = |title, token: Option<String>, status, part, reason| Step {
        title,
        url: format!("{url}/api/private"),
        authorization: token.map(|token| format!("Bearer {token}")),
        status,
        part,
        reason,
        ..Step::default()
    };
    let scoped = |step: Step| Step { url: format!("{url}/api/private-scoped"), ..step };
    let an_hour_ago = tenant.clock().now() - Duration::from_secs(3600);
    let expired = tenant.mint().issued_at(an_hour_ago).expires_at(an_hour_ago + Duration::from_secs(60)).sign();
    let foreign = tenant.mint().audience("https://other.example.com").sign();
    let (plain, reader) = (tenant.mint().sign(), tenant.mint().scope("read:messages").sign());
    let invalid = "the signature of the access token is invalid";
    vec![
        Step { url: format!("{url}/api/public"), ..private("a public route, no token", None, 200, "", "") },
        private("no token", None, 401, "send `Authorization: Bearer", "missing_credentials"),
        private("a valid token", Some(plain.clone()), 200, "", ""),
        private("an expired token", Some(expired), 401, "the access token has expired", "has expired"),
        private(
            "a token for another API",
            Some(foreign),
            401,
            "the access token is not for this API",
            "not for this API",
        ),
        private("a token whose claims were changed", Some(tampered(tenant)), 401, invalid, "invalid signature"),
        scoped(private(
            "a valid token without the scope of the route",
            Some(plain),
            403,
            r#""scope":"read:messages""#,
            "needs read:messages",
        )),
        scoped(private("a valid token with that scope", Some(reader), 200, "", "")),
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
