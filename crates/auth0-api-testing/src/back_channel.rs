//! Back-channel logouts: tells applications that a user has logged out
//! ([OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use std::time::Duration;

use futures_util::future::join_all;

use crate::ledger::Session;
use crate::registry::BackChannelUrl;
use crate::state::Tenant;

/// The logout that the tenant has sent to one application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutDelivery {
    client_id: String,
    status: Option<u16>,
}

impl LogoutDelivery {
    /// Returns the client id of the application.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns the status of the answer; `None` if there was no answer within 5 s.
    pub fn status(&self) -> Option<u16> {
        self.status
    }
}

impl Tenant {
    /// Tells the applications that took part in a session that it has ended.
    pub(crate) async fn announce_end(&self, session: &Session) -> Vec<LogoutDelivery> {
        let took_part = |client_id: &str| session.clients.iter().any(|id| id == client_id);
        self.announce(session.user.id(), Some(&session.id), took_part).await
    }

    /// Tells all applications that a user without a session has logged out.
    pub(crate) async fn announce_logout(&self, user_id: &str) -> Vec<LogoutDelivery> {
        self.announce(user_id, None, |_| true).await
    }

    async fn announce(
        &self,
        user_id: &str,
        session_id: Option<&str>,
        concerns: impl Fn(&str) -> bool,
    ) -> Vec<LogoutDelivery> {
        let applications = self.registry.applications.iter().filter(|application| concerns(application.id()));
        let deliveries = applications.filter_map(|application| {
            // The builder has checked the URL.
            let url = BackChannelUrl::parse(application.back_channel_url()?).ok()?;
            let token = self.mint_logout(application.id()).subject(user_id);
            let token = session_id.iter().fold(token, |token, id| token.claim("sid", *id)).sign();
            Some(async move {
                let status = tokio::time::timeout(PATIENCE, url.post(&token)).await.ok().flatten();
                LogoutDelivery { client_id: application.id().to_owned(), status }
            })
        });
        join_all(deliveries).await
    }
}

/// A browser waits for the logout, so an application that does not answer must not hold it up for long.
const PATIENCE: Duration = Duration::from_secs(5);
