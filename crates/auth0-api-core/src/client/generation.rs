//! What a reload replaces, and what stays for the life of a client.

use std::sync::Arc;

use super::EndUserAddresses;
use crate::binding::Binder;
use crate::clock::Clock;
use crate::credentials::Scheme;
use crate::decryption::{Decryption, DecryptionPlaces};
use crate::exchange::{ExchangeConfig, Exchanger, SharedExchange};
use crate::http::HttpClient;
use crate::issuer::{Loopback, Trust};
use crate::jose::{Algorithm, HeaderTable};
use crate::logout::LogoutReceiver;
use crate::long_connection::LongConnectionPolicy;
use crate::metadata::{MetadataEndpoint, OfferedSchemes, ProtectedResource};
use crate::rejected_bodies::RejectedBodies;
use crate::rejection::Offer;
use crate::reloadable::{CheckedReloadable, ReloadableFacts};
use crate::revocation::Revocation;
use crate::token::{Leeway, TimePolicy, TokenPolicy};
use crate::token_cache::{RememberedTokens, TokenCache, TokenTexts};
use crate::verify::Verifier;

/// The parts of a client that depend on its [reloadable](crate::reloadable) settings.
///
/// A reload replaces all of them at once. A request uses one generation from its first check to its challenge.
#[derive(Debug)]
pub(crate) struct Generation {
    pub(crate) verifier: Verifier,
    pub(crate) exchanger: Option<Exchanger>,
    pub(crate) metadata: Option<Arc<MetadataEndpoint>>,
}

/// The parts of a client that stay for its life: the other settings, and what the client has learned from requests, such
/// as used proofs.
#[derive(Debug)]
pub(crate) struct Lasting {
    pub(crate) binding: Arc<Binder>,
    pub(crate) certificate_bound_tokens: bool,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) decryption_places: DecryptionPlaces,
    pub(crate) end_users: EndUserAddresses,
    pub(crate) exchange: SharedExchange,
    pub(crate) has_own_http_client: bool,
    pub(crate) http_client: Arc<dyn HttpClient>,
    pub(crate) leeway: Leeway,
    pub(crate) logouts: Option<LogoutReceiver>,
    pub(crate) long_connections: LongConnectionPolicy,
    pub(crate) loopback: Loopback,
    pub(crate) rejected_bodies: RejectedBodies,
    pub(crate) resource: Option<ProtectedResource>,
    pub(crate) revocation: Revocation,
    pub(crate) token_cache: TokenCache,
}

impl Generation {
    /// Composes the parts. `previous` is the exchanger of the generation that this one replaces.
    pub(crate) fn new(
        settings: CheckedReloadable,
        lasting: &Lasting,
        issuers: Trust,
        previous: Option<&Exchanger>,
    ) -> Self {
        let tokens = TokenPolicy {
            audiences: settings.audiences,
            client_id: settings.client_auth.as_ref().map(|client| client.client_id().into()),
            required_claims: settings.required_claims,
            strict_rfc9068: settings.strict_rfc9068,
            times: TimePolicy { leeway: lasting.leeway, max_age: settings.max_age },
        };
        let exchanger = settings.client_auth.zip(settings.exchange_domain).map(|(auth, domain)| {
            let (clock, http_client) = (Arc::clone(&lasting.clock), Arc::clone(&lasting.http_client));
            let config = ExchangeConfig { auth, clock, domain, http_client, shared: lasting.exchange.clone() };
            Exchanger::new(config, previous)
        });
        let binding = Arc::clone(&lasting.binding);
        let metadata = settings.resource.map(|resource| {
            let dpop_algorithms = binding.proof_algorithms().iter().map(Algorithm::name);
            Arc::new(resource.complete(OfferedSchemes {
                bearer: binding.offers(Scheme::Bearer),
                certificate_bound_tokens: lasting.certificate_bound_tokens,
                dpop_algorithms: dpop_algorithms.filter(|_| binding.offers(Scheme::Dpop)).collect(),
            }))
        });
        let texts = if settings.decryption_keys.is_some() { TokenTexts::SomeEncrypted } else { TokenTexts::Signed };
        let verifier = Verifier {
            binding,
            clock: Arc::clone(&lasting.clock),
            decryption: Decryption::new(settings.decryption_keys, &lasting.decryption_places),
            headers: HeaderTable::new(settings.algorithms),
            issuers,
            remembered: RememberedTokens::new(lasting.token_cache, texts),
            revocation: lasting.revocation.clone(),
            tokens,
        };
        Self { verifier, exchanger, metadata }
    }

    /// What the challenges offer to a client.
    pub(super) fn offer(&self) -> Offer<'_> {
        Offer { binding: &self.verifier.binding, metadata: self.metadata.as_deref() }
    }
}

impl Lasting {
    pub(super) fn facts(&self) -> ReloadableFacts<'_> {
        ReloadableFacts {
            has_own_http_client: self.has_own_http_client,
            loopback: self.loopback,
            resource: self.resource.as_ref(),
        }
    }
}
