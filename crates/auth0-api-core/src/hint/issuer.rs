//! Hints about issuers and their keys.

use super::{Advice, advise, nothing};
use crate::issuer::{DiscoveryError, FetchLimit, IssuerError, ResolverError};

pub(super) fn advice(error: &IssuerError) -> Advice {
    match error {
        IssuerError::IssuerMissing => nothing("every Auth0 tenant writes iss, so the token is of no tenant"),
        IssuerError::KeyAmbiguous => advise(
            "the token has no kid, and the tenant publishes several keys: Auth0 always writes kid, so the token comes \
             from other software; let it write the kid of its key",
        ),
        IssuerError::KeyNotLookedFor(error) => advise(of_limit(error.limit)),
        IssuerError::KeyOfOtherAlgorithm { algorithm, published } => match published {
            Some(published) => advise(format!(
                "the token is signed with {algorithm}, and the tenant publishes its key for {published} only: in the \
                 tenant, switch off Include Signing Algorithms in JSON Web Key Set, or set the API to {published}"
            )),
            None => advise(format!(
                "the token is signed with {algorithm}, and its kid names a key of another kind: the token was altered, or \
                 comes from other software"
            )),
        },
        IssuerError::KeyUnknown => advise(
            "the tenant does not publish the key of the token: a token of a removed key, or of another environment of \
             the same domain; after a key rotation, refresh_now() fetches the new keys at once",
        ),
        IssuerError::NobodyTrusted => advise(
            "the DomainResolver answered DomainAnswer::Nobody for this request: if the request is legitimate, let the \
             resolver return the domain of its tenant",
        ),
        IssuerError::NotTrusted { nearly: true } => advise(
            "iss differs from the configured domain only in letter case or in the trailing slash: the issuer must \
             write https://, the host in lower case, and a slash",
        ),
        IssuerError::NotTrusted { nearly: false } => advise(
            "the token is from another tenant, or its iss is a custom or canonical domain of the tenant that is not \
             configured: configure the domain that clients use to log in",
        ),
        IssuerError::Resolver(error) => advise(of_resolver(error)),
        IssuerError::Unavailable(unavailable) => of_discovery(&unavailable.cause),
    }
}

fn of_discovery(error: &DiscoveryError) -> Advice {
    match error {
        DiscoveryError::Discovery(_) | DiscoveryError::Jwks(_) => advise(
            "the tenant cannot be reached, or answers with an error: check the domain, DNS, egress rules and \
             certificates",
        ),
        DiscoveryError::Document(_) => advise(
            "the discovery document is malformed: check that the configured domain is the tenant's, and that no proxy \
             changes its responses",
        ),
        DiscoveryError::GivenUp => nothing("the runtime is shutting down, or the application's HTTP client panicked"),
        DiscoveryError::Issuer { expected, found } => advise(format!(
            "the configured domain stands for the issuer {expected:?}, and its document says {found:?}: configure the \
             domain that the document names, or the tenant's custom domain"
        )),
        DiscoveryError::JwksUri => advise(
            "the jwks_uri is missing, not https, or on another host: allow that host, and its port, with \
             allow_jwks_host()",
        ),
        DiscoveryError::KeySet(_) => advise(
            "the key set of the tenant is malformed, too large or without a usable key: look at the tenant's \
             /.well-known/jwks.json, and check that no proxy changes it; the limit is KeyPolicy::max_keys",
        ),
        DiscoveryError::TokenEndpoint => advise("the token endpoint must be https and on the tenant's own host"),
    }
}

fn of_limit(limit: FetchLimit) -> &'static str {
    match limit {
        FetchLimit::Newcomers => {
            "tokens name more issuers without a verified token than KeyPolicy::newcomers allows: if your own users are \
             affected, raise this limit, or call warm_up() at start; else find the client that sends invalid tokens"
        }
        FetchLimit::UnknownKeys => {
            "tokens name more unknown keys of one issuer than KeyPolicy::unknown_key_fetches allows: find the client \
             that sends invalid tokens; after a key rotation, refresh_now() fetches the new key at once"
        }
    }
}

fn of_resolver(error: &ResolverError) -> &'static str {
    match error {
        ResolverError::Domain { .. } => {
            "the DomainResolver returned an invalid domain: let it return hosts only, such as tenant.eu.auth0.com"
        }
        ResolverError::Empty => {
            "the DomainResolver returned an empty list: to reject tokens, let it return the domains that are allowed, \
             or DomainAnswer::Nobody"
        }
        ResolverError::Failed(_) | ResolverError::Timeout => {
            "the DomainResolver failed or took longer than 5 s: check the service or database that it queries"
        }
        ResolverError::TooMany => {
            "the DomainResolver returned more than 1000 domains: let it return only those for this request"
        }
    }
}
