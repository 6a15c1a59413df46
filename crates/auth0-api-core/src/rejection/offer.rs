//! What an API offers to a client that it rejects, and the challenges that say it.

use std::time::Duration;

use crate::binding::Binder;
use crate::challenge::Challenge;
use crate::credentials::Scheme;
use crate::metadata::MetadataEndpoint;

/// The error of a challenge, for [`ApiClient::challenges`](crate::ApiClient::challenges).
///
/// Use it in a handler that rejects a request itself.
#[derive(Clone, Copy, Debug)]
pub struct ChallengeParams<'e> {
    /// The scheme that the caller used. The challenge of this scheme contains the error, if the API offers the scheme.
    pub scheme: Scheme,
    /// A code of [RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1) or
    /// [RFC 9449 §12.2](https://www.rfc-editor.org/rfc/rfc9449#section-12.2).
    pub code: &'e str,
    /// A sentence for the client's developer.
    pub description: Option<&'e str>,
}

/// The parts of a challenge that depend only on the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer<'c> {
    pub(crate) binding: &'c Binder,
    pub(crate) metadata: Option<&'c MetadataEndpoint>,
}

/// The parts of a challenge that are different for each error.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ErrorDetails<'e> {
    pub(super) error: Option<ChallengeParams<'e>>,
    pub(super) acr_values: Option<&'e str>,
    pub(super) max_age: Option<Duration>,
    pub(super) scope: Option<&'e str>,
}

impl<'c> Offer<'c> {
    /// Returns one challenge for each offered scheme. Only the challenge of the error's scheme contains the error.
    pub(crate) fn challenges(self, error: Option<ChallengeParams<'_>>) -> Vec<Challenge> {
        // RFC 9728 §5.1: the metadata names the authorization servers. They cannot help a client whose request is
        // malformed.
        let is_malformed = error.is_some_and(|error| error.code == "invalid_request");
        let offer = if is_malformed { self.without_metadata() } else { self };
        let details_for =
            |scheme| ErrorDetails { error: error.filter(|error| error.scheme == scheme), ..ErrorDetails::default() };
        offer.schemes().map(|scheme| offer.challenge(scheme, details_for(scheme))).collect()
    }

    pub(super) fn schemes(self) -> impl Iterator<Item = Scheme> + use<'c> {
        [Scheme::Bearer, Scheme::Dpop].into_iter().filter(move |scheme| self.binding.offers(*scheme))
    }

    pub(super) fn without_metadata(self) -> Self {
        Self { metadata: None, ..self }
    }

    /// Writes `Bearer realm="api", error…, acr_values, max_age, scope, resource_metadata` (RFC 6750 §3, RFC 9470 §3,
    /// RFC 9728 §5.1), or `DPoP error…, acr_values, max_age, scope, algs, resource_metadata` (RFC 9449 §7.1).
    pub(super) fn challenge(self, scheme: Scheme, details: ErrorDetails<'_>) -> Challenge {
        let mut challenge = Challenge::new(scheme);
        if scheme == Scheme::Bearer {
            challenge = challenge.with("realm", REALM);
        }
        if let Some(error) = details.error {
            challenge = challenge.with("error", error.code);
            if let Some(description) = error.description {
                challenge = challenge.with("error_description", description);
            }
        }
        // RFC 9470 §3.
        if let Some(acr_values) = details.acr_values {
            challenge = challenge.with("acr_values", acr_values);
        }
        if let Some(max_age) = details.max_age {
            challenge = challenge.with("max_age", &max_age.as_secs().to_string());
        }
        if let Some(scope) = details.scope {
            challenge = challenge.with("scope", scope);
        }
        if scheme == Scheme::Dpop {
            challenge = challenge.with("algs", &self.binding.proof_algorithms().to_string());
        }
        match self.metadata {
            Some(metadata) => challenge.with("resource_metadata", metadata.url()),
            None => challenge,
        }
    }
}

/// As auth0-api-js.
const REALM: &str = "api";
