//! Runs an exchange: input, cache, endpoint, request, answer.

use std::sync::Arc;

use super::cache::{AnswerCache, CheckedExchangeCache, Limits};
use super::cache_key::CacheKey;
use super::client_auth::CheckedClientAuth;
use super::endpoint::{self, Endpoint};
use super::input::{ADDED, reject_reserved};
use super::latest_nonce::LatestNonce;
use super::prepared::Prepared;
use super::sender::{self, Sender};
use super::source::Source;
use super::{Backchannel, ExchangeError, Grant, TokenSet};
use crate::clock::Clock;
use crate::http::{BoundedClient, HttpClient};
use crate::issuer::{Domain, TokenEndpointOf};

/// What a client needs to exchange tokens.
#[derive(Debug)]
pub(crate) struct ExchangeConfig {
    pub(crate) auth: CheckedClientAuth,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) domain: Domain,
    pub(crate) http_client: Arc<dyn HttpClient>,
    pub(crate) shared: SharedExchange,
}

/// What stays if the credentials of the client are replaced.
#[derive(Clone, Debug)]
pub(crate) struct SharedExchange {
    answers: Option<Arc<AnswerCache>>,
    /// Whether the end user's address is sent.
    forward_end_user: bool,
    telemetry: bool,
}

/// Exchanges tokens with one tenant, as one OAuth client.
#[derive(Debug)]
pub(crate) struct Exchanger {
    source: Arc<Source>,
    answers: Option<Arc<AnswerCache>>,
}

impl SharedExchange {
    pub(crate) fn new(
        cache: CheckedExchangeCache,
        clock: Arc<dyn Clock>,
        forward_end_user: bool,
        telemetry: bool,
    ) -> Self {
        Self { answers: AnswerCache::new(cache, clock), forward_end_user, telemetry }
    }
}

impl Exchanger {
    /// Creates an exchanger. It takes over what `previous` knows of the same token endpoint.
    pub(crate) fn new(config: ExchangeConfig, previous: Option<&Self>) -> Self {
        let ExchangeConfig { auth, clock, domain, http_client, shared } = config;
        let SharedExchange { answers, forward_end_user, telemetry } = shared;
        let http = |max_bytes, timeout| {
            let http = BoundedClient::new(Arc::clone(&http_client), max_bytes, timeout);
            if telemetry { http.with_sdk_header() } else { http }
        };
        let kind = if auth.is_tls() { TokenEndpointOf::MutualTls } else { TokenEndpointOf::Everybody };
        let previous = previous.map(|previous| &previous.source).filter(|source| source.endpoint.is_of(&domain, kind));
        let endpoint = if let Some(source) = previous {
            Arc::clone(&source.endpoint)
        } else {
            let documents = http(endpoint::MAX_DOCUMENT_BYTES, endpoint::TIMEOUT);
            Endpoint::new(domain, kind, documents, Arc::clone(&clock))
        };
        let nonce = LatestNonce::new(previous.and_then(|source| source.sender.nonce.get()));
        let http = http(sender::MAX_RESPONSE_BYTES, sender::TIMEOUT);
        let sender = Sender { auth, clock, forward_end_user, http, nonce };
        Self { source: Arc::new(Source { sender, endpoint }), answers }
    }

    /// Returns the tokens that a grant asks for, from the cache or from the token endpoint.
    pub(crate) async fn exchange(&self, grant: &(dyn Grant + '_)) -> Result<TokenSet, ExchangeError> {
        let request = grant.request()?;
        reject_reserved(request.fields.iter().map(|(name, _)| name), &[&ADDED])?;
        let Source { sender: Sender { auth, .. }, endpoint } = &*self.source;
        let fetch = |cache_key| {
            let prepared = Prepared::new(&request, auth.client_id(), endpoint.issuer(), cache_key);
            Arc::clone(&self.source).fetch(prepared)
        };
        let Some(answers) = self.answers.as_ref().filter(|_| request.cacheable) else { return fetch(None).await };
        let key = CacheKey::of(&request, auth, endpoint.issuer());
        let limits = Limits { subject_expires_at: request.subject_expires_at };
        answers.get(key, limits, || fetch(Some(key))).await
    }

    /// The issuer of the domain at which tokens are exchanged.
    pub(crate) fn issuer(&self) -> &str {
        self.source.endpoint.issuer()
    }

    /// The part that sends the requests of CIBA.
    pub(crate) fn backchannel(&self) -> Backchannel {
        Backchannel(Arc::clone(&self.source))
    }

    /// The clock that decides about times.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.source.sender.clock)
    }

    /// Removes an answer from the cache, for example because the other API rejected its token.
    pub(crate) fn forget(&self, tokens: &TokenSet) {
        if let Some(answers) = &self.answers {
            answers.forget(tokens);
        }
    }
}
