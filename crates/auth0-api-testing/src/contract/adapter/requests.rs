//! The requests that the rows send: with tokens, and with proofs for a URL of the server under test.

use std::net::SocketAddr;

use super::suite::Suite;
use super::{Call, Harness};
use crate::{LocalTenant, ProofBuilder, ProofKey, TokenBuilder};

/// A client that has a key, and a token that is bound to the key.
pub(super) struct Holder {
    pub(super) key: ProofKey,
    pub(super) token: String,
}

impl Holder {
    pub(super) fn new(tenant: &LocalTenant) -> Self {
        Self::with(tenant, |token| token)
    }

    /// Makes a holder. `more` changes the token before it is signed.
    pub(super) fn with(tenant: &LocalTenant, more: impl FnOnce(TokenBuilder) -> TokenBuilder) -> Self {
        let key = tenant.proof_key();
        let token = more(tenant.mint().bound_to(&key)).sign();
        Self { key, token }
    }

    /// Creates the builder of a proof for this method, URL and token.
    pub(super) fn proof(&self, method: &str, url: &str) -> ProofBuilder {
        self.key.proof(method, url).access_token(&self.token)
    }
}

impl<H: Harness> Suite<'_, H> {
    /// Makes a call to a route without credentials.
    pub(super) fn call(&self, route: &str) -> Call {
        Call::new(self.harness.method(), self.harness.path(route))
    }

    /// Makes a call to a route with a valid Bearer token that has this scope.
    pub(super) fn bearer(&self, route: &str, scope: &str) -> Call {
        self.call(route).bearer(&self.tenant.mint().scope(scope).sign())
    }

    /// Makes a call to a route with a token for another API.
    pub(super) fn bad_bearer(&self, route: &str) -> Call {
        self.call(route).bearer(&self.tenant.mint().audience("https://elsewhere.example.com").sign())
    }

    /// Creates the builder of the proof for a call to a route.
    pub(super) fn proof(&self, holder: &Holder, to: SocketAddr, route: &str) -> ProofBuilder {
        holder.proof(self.harness.method(), &self.url(to, route))
    }

    /// Makes a call to a route with a bound token and a valid proof.
    pub(super) fn proven(&self, holder: &Holder, to: SocketAddr, route: &str) -> Call {
        self.call(route).dpop(&holder.token, self.proof(holder, to, route).sign())
    }

    /// Returns the URL that a client calls for a route of a server.
    pub(super) fn url(&self, to: SocketAddr, route: &str) -> String {
        format!("http://{to}{}", self.harness.path(route))
    }
}
