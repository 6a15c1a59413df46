//! A local tenant with Actions, a clock for tenant and client, and the client.

use std::time::Duration;

use auth0_api_core::{ApiClient, ClientAuth, ExchangeError, ExchangeProfile, SubjectToken, TokenSet};
use auth0_api_management::{
    ManagementClient, ManagementClientBuilder, ManagementError, ProfileClient, TokenExchangeProfile, WantedProfile,
};
use auth0_api_testing::{ExchangeRejection, LocalTenant, LocalTenantBuilder, User};

use crate::clock::JumpingClock;
use crate::intercepting::Intercepting;

pub(crate) const TYPE: &str = "urn:acme:legacy-session";
pub(crate) const ACTION: &str = "check-session";
pub(crate) const OTHER_ACTION: &str = "check-ticket";

pub(crate) struct World {
    pub(crate) tenant: LocalTenant,
    pub(crate) clock: JumpingClock,
    /// Sees every request of `profiles`.
    pub(crate) http: Intercepting,
    pub(crate) profiles: ProfileClient,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(Intercepting::watching(), |builder| builder).await
    }

    pub(crate) async fn sending_with(http: Intercepting) -> Self {
        Self::with(http, |builder| builder).await
    }

    pub(crate) async fn with(
        http: Intercepting,
        options: impl FnOnce(LocalTenantBuilder) -> LocalTenantBuilder,
    ) -> Self {
        let clock = JumpingClock::new();
        let builder = LocalTenant::builder()
            .clock(clock.time())
            .action(ACTION, |request| match request.subject_token() {
                "session-of-ada" => Ok(User::new("legacy|ada")),
                _ => Err(ExchangeRejection::reject_subject_token("no such session")),
            })
            .action(OTHER_ACTION, |_| Ok::<_, ExchangeRejection>(User::new("legacy|ticket")));
        let tenant = options(builder).start().await.unwrap();
        let profiles = client(&tenant, &clock).http_client(http.clone()).build().unwrap().token_exchange_profiles();
        Self { tenant, clock, http, profiles }
    }

    /// Configures another client, as another deployment has it.
    pub(crate) fn builder(&self) -> ManagementClientBuilder {
        client(&self.tenant, &self.clock).http_client(self.http.network())
    }

    pub(crate) fn builder_as(&self, auth: ClientAuth) -> ManagementClientBuilder {
        let builder = ManagementClient::builder(self.tenant.domain(), auth).insecure_http_loopback();
        builder.clock(self.clock.clone()).http_client(self.http.network())
    }

    /// Returns all profiles of the tenant, as a client without faults sees them.
    pub(crate) async fn all(&self) -> Vec<TokenExchangeProfile> {
        let mut stream = self.builder().build().unwrap().token_exchange_profiles().stream();
        let mut all = Vec::new();
        while let Some(profile) = stream.try_next().await.unwrap() {
            all.push(profile);
        }
        all
    }

    /// Exchanges a session at the token endpoint, as an API does.
    pub(crate) async fn exchange(&self) -> Result<TokenSet, ExchangeError> {
        let api = ApiClient::builder(self.tenant.domain(), self.tenant.audience()).insecure_http_loopback();
        let api = api.clock(self.clock.clone()).client_auth(auth(&self.tenant)).http_client(self.http.network());
        let api = api.build().unwrap();
        let profile = ExchangeProfile::new(TYPE, self.tenant.audience());
        api.get_token_by_exchange_profile(SubjectToken::unverified("session-of-ada"), profile).await
    }
}

/// Ends a test that would wait for ever.
pub(crate) async fn within_a_minute<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), future).await.unwrap()
}

pub(crate) fn wanted() -> WantedProfile {
    WantedProfile::new("Legacy sessions", TYPE, ACTION)
}

pub(crate) fn auth(tenant: &LocalTenant) -> ClientAuth {
    ClientAuth::secret_post(tenant.client_id(), tenant.client_secret())
}

/// Returns the label of the error, and its text.
pub(crate) fn told<T: std::fmt::Debug>(outcome: Result<T, ManagementError>) -> (&'static str, String) {
    let error = outcome.unwrap_err();
    (error.label(), error.to_string())
}

fn client(tenant: &LocalTenant, clock: &JumpingClock) -> ManagementClientBuilder {
    ManagementClient::builder(tenant.domain(), auth(tenant)).insecure_http_loopback().clock(clock.clone())
}
