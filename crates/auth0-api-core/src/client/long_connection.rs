//! Connections that end with their token.

use std::sync::Arc;

use super::{ApiClient, Generation};
use crate::long_connection::{Inquiry, UntilEnded, Watch};
use crate::token::VerifiedToken;

impl ApiClient {
    /// Returns a future that completes when a token ends: when it expires, when it is revoked, or when the revocation
    /// list has been unavailable for too long. Its value says which.
    ///
    /// A request is verified when it arrives. Use this future to end what outlives the request: an event stream, a
    /// WebSocket, a gRPC stream. See [`long_connection`](crate::long_connection) and
    /// [the guide](crate::guide::long_connections).
    ///
    /// The token is not verified again otherwise: a connection also remains open if the tenant removes the key that
    /// signed the token, or if a resolver no longer names its issuer.
    ///
    /// ```
    /// # async fn run(api: auth0_api_core::ApiClient, token: auth0_api_core::VerifiedToken) {
    /// use auth0_api_core::long_connection::Ended;
    ///
    /// match api.until_ended(&token).await {
    ///     Ended::Expired => println!("the client should connect again with a new token"),
    ///     ended => println!("{ended}"),
    /// }
    /// # }
    /// ```
    #[doc(alias = "websocket", alias = "sse")]
    pub fn until_ended(&self, token: &VerifiedToken) -> UntilEnded {
        self.until_ended_in(&self.0.current.load(), token)
    }

    /// Does the same with the settings of one generation.
    pub(crate) fn until_ended_in(&self, generation: &Generation, token: &VerifiedToken) -> UntilEnded {
        let (verifier, claims) = (&generation.verifier, token.valid_claims());
        // Without a list, the connection does not keep the claims in memory.
        let inquiry = verifier.revocation.is_configured().then(|| {
            let (list, policy) = (verifier.revocation.clone(), self.0.lasting.long_connections);
            Inquiry::new(list, claims.without_map(), token.verified_at(), policy)
        });
        let watch = Watch { clock: Arc::clone(&verifier.clock), ends: verifier.tokens.end_of(claims), inquiry };
        UntilEnded::new(watch.run())
    }
}
