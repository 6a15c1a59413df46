//! The requests that the rows send: with tokens, and with proofs for a URL of the server under test.

use std::net::SocketAddr;

use super::suite::Suite;
use super::{Call, Harness};
use crate::{ProofBuilder, TokenBuilder, TokenHolder};

impl<H: Harness> Suite<'_, H> {
    /// Makes a call to a route without credentials.
    pub(super) fn call(&self, route: &str) -> Call {
        Call::new(self.harness.method(), self.harness.path(route))
    }

    /// Makes a call to a route with a valid Bearer token that has this scope.
    pub(super) fn bearer(&self, route: &str, scope: &str) -> Call {
        self.call(route).bearer(&self.world.tenant.mint().scope(scope).sign())
    }

    /// Makes a call to a route with a token for another API.
    pub(super) fn bad_bearer(&self, route: &str) -> Call {
        self.call(route).bearer(&self.world.tenant.mint().audience("https://elsewhere.example.com").sign())
    }

    /// Makes a client with a token that is bound to its key. `more` changes the token before it is signed.
    pub(super) fn holder(&self, more: impl FnOnce(TokenBuilder) -> TokenBuilder) -> TokenHolder {
        let key = self.world.tenant.dpop_client();
        key.holding(more(self.world.tenant.mint().bound_to(&key)).sign())
    }

    /// Creates the builder of the proof for a call to a route.
    pub(super) fn proof(&self, holder: &TokenHolder, to: SocketAddr, route: &str) -> ProofBuilder {
        holder.proof(self.harness.method(), &self.url(to, route))
    }

    /// Makes a call to a route with a bound token and a valid proof.
    pub(super) fn proven(&self, holder: &TokenHolder, to: SocketAddr, route: &str) -> Call {
        self.call(route).dpop(&holder.token, self.proof(holder, to, route).sign())
    }

    /// Returns the URL that a client calls for a route of a server.
    pub(super) fn url(&self, to: SocketAddr, route: &str) -> String {
        format!("http://{to}{}", self.harness.path(route))
    }
}
