//! The result of a gate, and what extractors and handlers do with it.

use std::net::IpAddr;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::layer_missing::LayerMissing;
use crate::client::{ApiClient, Generation};
use crate::error::Error;
use crate::long_connection::UntilEnded;
use crate::place::{KeptPlace, Place};
use crate::rejection::Rejection;
use crate::request::TokenRequest;
use crate::requirement::Requirement;
use crate::token::VerifiedToken;

/// What a [`Gate`](super::Gate) has decided about a request: whose client verified it, and the token.
///
/// An adapter stores it with the request, where its extractors and inner middleware find it. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Admission(Arc<Admitted>);

#[derive(Debug)]
struct Admitted {
    api: ApiClient,
    /// The settings that the request was verified with.
    generation: Arc<Generation>,
    token: Option<VerifiedToken>,
    end_user_address: Option<IpAddr>,
    /// For log events.
    place: KeptPlace,
}

impl Admission {
    pub(super) fn new(
        api: ApiClient,
        generation: Arc<Generation>,
        token: Option<VerifiedToken>,
        request: &TokenRequest<'_>,
    ) -> Self {
        let (end_user_address, place) = (api.end_user_address(request), request.place().keep());
        Self(Arc::new(Admitted { api, generation, token, end_user_address, place }))
    }

    pub(super) fn generation(&self) -> Arc<Generation> {
        Arc::clone(&self.0.generation)
    }

    pub(super) fn is_by(&self, api: &ApiClient) -> bool {
        self.api().is_same_client(api)
    }

    /// Returns the admission that is stored with the request at `place`.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] with status 500 if there is none: no middleware covers the route. The event `layer_missing`
    /// tells the operator. Without this error, the route would treat every request as one without credentials.
    pub fn of<'a>(stored: Option<&'a Self>, place: Place<'_>) -> Result<&'a Self, Rejection> {
        stored.ok_or_else(|| LayerMissing::NotVerified.reject(place))
    }

    /// The client that verified the request.
    pub fn api(&self) -> &ApiClient {
        &self.0.api
    }

    /// The token; `None` if the gate is optional and the request carries no credentials.
    pub fn token(&self) -> Option<&VerifiedToken> {
        self.0.token.as_ref()
    }

    /// The address of the end user who sent the request, for an exchange: see [`ApiClient::end_user_address`]. `None` if
    /// the client does not forward addresses, or if the address is unknown.
    pub fn end_user_address(&self) -> Option<IpAddr> {
        self.0.end_user_address
    }

    /// Returns the token.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] to send to a client without credentials.
    pub fn demand(&self) -> Result<&VerifiedToken, Rejection> {
        self.token().ok_or_else(|| self.reject(&Error::missing_credentials()))
    }

    /// Returns the token if it meets a requirement.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] to send.
    pub fn demand_that_meets(&self, requirement: &Requirement) -> Result<&VerifiedToken, Rejection> {
        let token = self.demand()?;
        requirement.check(token).map_err(|error| self.reject(&error))?;
        Ok(token)
    }

    /// Returns the future that completes when the token ends: see [`ApiClient::until_ended`].
    ///
    /// # Errors
    ///
    /// The [`Rejection`] to send to a client without credentials.
    pub fn until_ended(&self) -> Result<UntilEnded, Rejection> {
        Ok(self.api().until_ended_in(&self.0.generation, self.demand()?))
    }

    /// Converts the claims of the token to a type of the application.
    ///
    /// # Errors
    ///
    /// The [`Rejection`] to send: 401 without a token, 403 if the claims do not fit the type
    /// ([`ClaimsError`](crate::token::ClaimsError)).
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, Rejection> {
        self.demand()?.claims_as().map_err(|error| self.reject(&error.into()))
    }

    /// Rejects a request that a gate has admitted, because of an error that the handler met later: of an exchange, of a
    /// requirement, of the claims. The error goes on the challenge of the scheme that the client used
    /// ([RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)).
    pub fn reject(&self, error: &Error) -> Rejection {
        self.api().reject_in(&self.0.generation, error, self.token(), Some(self.0.place.place()))
    }

    /// Returns the headers to set on the response, whatever the handler returns. A header replaces one of the same name.
    ///
    /// These are `DPoP-Nonce`, if the client's nonce is about to expire, and with it `Cache-Control: no-store`
    /// ([RFC 9449 §8.2](https://www.rfc-editor.org/rfc/rfc9449#section-8.2)). Names are in lower case.
    pub fn response_headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let nonce = self.token().and_then(VerifiedToken::next_nonce);
        nonce.into_iter().flat_map(|nonce| [("dpop-nonce", nonce), ("cache-control", "no-store")])
    }
}
