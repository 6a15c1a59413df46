//! The issuer, its tokens and the proofs of a client.

use std::time::Duration;

use auth0_api_benches::scenarios::realistic;
use auth0_api_core::Algorithm;
use auth0_api_testing::{DpopClient, Endpoint, LocalTenant, Misbehaviour, SigningKey, TokenBuilder};

use crate::load::Credentials;
use crate::site::{PUBLIC_URL, Scheme, Site};

/// The issuer, which serves its keys over HTTP on this machine, and the keys of a client.
pub(crate) struct World {
    pub(crate) tenant: LocalTenant,
    pub(crate) signing_key: SigningKey,
    pub(crate) client: DpopClient,
}

impl World {
    pub(crate) async fn start() -> Self {
        let tenant = LocalTenant::start().await.unwrap();
        let signing_key = SigningKey::generate(Algorithm::RS256);
        tenant.publish(&signing_key);
        Self { tenant, signing_key, client: DpopClient::generate() }
    }

    pub(crate) fn site(&self, scheme: Scheme) -> Site {
        let domain = self.tenant.domain().to_owned();
        Site {
            issuer: self.tenant.issuer().to_owned(),
            jwks_uri: format!("{domain}/.well-known/jwks.json"),
            domain,
            audience: self.tenant.audience().to_owned(),
            public_url: PUBLIC_URL.to_owned(),
            scheme,
            signing_key: self.signing_key.public_jwk(),
            proof_key: self.client.public_jwk(),
        }
    }

    /// A token as a user has it. Some crates require the `jti` claim.
    pub(crate) fn token(&self) -> TokenBuilder {
        realistic(&self.tenant, &self.signing_key).claim("jti", "aQNK3wZ2s5iPqX8Y")
    }

    /// Returns credentials for this number of requests, all of them valid.
    pub(crate) fn credentials(&self, scheme: Scheme, requests: usize) -> Credentials {
        match scheme {
            Scheme::Bearer => Credentials::bearer(&self.token().sign()),
            Scheme::Dpop => {
                let token = self.token().bound_to(&self.client).sign();
                let proofs = (0..requests).map(|_| self.proof(&token)).collect();
                Credentials::Proofs { token, proofs }
            }
        }
    }

    pub(crate) fn proof(&self, token: &str) -> String {
        self.client.proof("GET", &format!("{PUBLIC_URL}/orders")).access_token(token).sign()
    }

    /// The issuer answers from now on as late as one on the Internet, and its counts begin again.
    pub(crate) fn answer_late(&self) {
        for endpoint in [Endpoint::Discovery, Endpoint::Jwks] {
            self.tenant.misbehave(endpoint, Misbehaviour::Slow(ISSUER_DELAY));
        }
        self.tenant.reset_requests();
    }

    pub(crate) fn answer_at_once(&self) {
        self.tenant.behave();
    }

    /// Returns the requests that the issuer received since the last [`answer_late`](Self::answer_late).
    pub(crate) fn fetches(&self) -> usize {
        let counts = self.tenant.requests();
        counts.discovery + counts.jwks
    }
}

/// The time that an issuer on the Internet needs for an answer.
const ISSUER_DELAY: Duration = Duration::from_millis(100);
