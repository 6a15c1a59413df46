//! What the rows send: tokens, and proofs for a URL of the server under test.

use std::net::SocketAddr;

use super::suite::Suite;
use super::{Call, Harness};
use crate::{LocalTenant, ProofBuilder, ProofKey, TokenBuilder};

/// A client that holds a key, and a token bound to it.
pub(super) struct Holder {
    pub(super) key: ProofKey,
    pub(super) token: String,
}

impl Holder {
    pub(super) fn new(tenant: &LocalTenant) -> Self {
        Self::with(tenant, |token| token)
    }

    /// A holder of a token with something more in it.
    pub(super) fn with(tenant: &LocalTenant, more: impl FnOnce(TokenBuilder) -> TokenBuilder) -> Self {
        let key = tenant.proof_key();
        let token = more(tenant.mint().bound_to(&key)).sign();
        Self { key, token }
    }

    /// Begins a proof for this method and URL with the token.
    pub(super) fn proof(&self, method: &str, url: &str) -> ProofBuilder {
        self.key.proof(method, url).access_token(&self.token)
    }
}

impl<D: Harness> Suite<'_, D> {
    /// A call of a route, with nothing presented.
    pub(super) fn call(&self, route: &str) -> Call {
        Call::new(self.door.method(), self.door.path(route))
    }

    /// A call of a route with a good Bearer token that has this scope.
    pub(super) fn bearer(&self, route: &str, scope: &str) -> Call {
        self.call(route).bearer(&self.tenant.mint().scope(scope).sign())
    }

    /// A call of a route with a token for another API.
    pub(super) fn bad_bearer(&self, route: &str) -> Call {
        self.call(route).bearer(&self.tenant.mint().audience("https://elsewhere.example.com").sign())
    }

    /// Begins the proof that a call of a route needs.
    pub(super) fn proof(&self, holder: &Holder, to: SocketAddr, route: &str) -> ProofBuilder {
        holder.proof(self.door.method(), &self.url(to, route))
    }

    /// A call of a route with a bound token and a good proof.
    pub(super) fn proven(&self, holder: &Holder, to: SocketAddr, route: &str) -> Call {
        self.call(route).dpop(&holder.token, self.proof(holder, to, route).sign())
    }

    /// The URL of a route, as a client that has connected to the server calls it.
    pub(super) fn url(&self, to: SocketAddr, route: &str) -> String {
        format!("http://{to}{}", self.door.path(route))
    }
}
