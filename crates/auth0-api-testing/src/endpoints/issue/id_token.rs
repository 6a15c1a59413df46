//! The ID token ([OpenID Connect Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)).

use std::time::Duration;

use super::Issue;
use crate::User;
use crate::clock::numeric_date;
use crate::registry::profile_claims;

impl Issue<'_> {
    pub(super) fn id_token(&self, user: &User) -> String {
        let tenant = self.call.tenant;
        let mut token = tenant.mint().without_claim("azp");
        for (name, value) in profile_claims(user, &self.scopes().collect::<Vec<_>>(), &tenant.started_at) {
            token = token.claim(&name, value);
        }
        token = token.subject(user.id()).audience(self.call.client.id()).expires_in(ID_TOKEN_LIFETIME);
        if let Some(login) = &self.login {
            token = token.claim("auth_time", numeric_date(login.at));
            if let Some(session_id) = &login.session_id {
                token = token.claim("sid", session_id.as_str());
            }
        }
        if let Some(nonce) = &self.extras.nonce {
            token = token.claim("nonce", nonce.as_str());
        }
        if let Some(act) = self.claims.get("act") {
            token = token.claim("act", act.clone());
        }
        self.in_organization(token).sign()
    }
}

/// Auth0's default.
const ID_TOKEN_LIFETIME: Duration = Duration::from_secs(36_000);
