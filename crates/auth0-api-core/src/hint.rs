//! What an operator should look at when requests are rejected: for logs, never for callers.

use crate::credentials::CredentialsError;
use crate::dpop::{DpopError, ProofError, ReplayStoreError};
use crate::error::{Error, Reason};
use crate::issuer::{DiscoveryError, IssuerError, ResolverError};
use crate::jose::JoseError;
use crate::mtls::CertificateError;
use crate::requirement::RequirementError;
use crate::revocation::RevocationError;
use crate::token::TokenError;
use crate::with_sources::WithSources;

impl Error {
    /// Tells operators of a rejection. Our own troubles come with all that is behind them.
    pub(crate) fn report(&self) {
        let (label, status, hint) = (self.label(), self.status(), self.hint());
        if status >= 500 {
            tracing::warn!(target: "auth0_api", event = "request_rejected", label, status, hint, reason = %WithSources(self));
        } else {
            tracing::info!(target: "auth0_api", event = "request_rejected", label, status, hint, reason = %self);
        }
    }

    /// What to look at, where experience says that it is the configuration, of the client or of this API.
    pub fn hint(&self) -> Option<&'static str> {
        match &self.reason {
            Reason::Credentials(CredentialsError::SchemeNotOffered { .. }) => {
                Some("the DpopPolicy decides which schemes are taken: accept() takes both")
            }
            Reason::Credentials(_) | Reason::Revocation(RevocationError::Revoked) => None,
            Reason::Dpop(error) => of_dpop(error),
            Reason::Exchange(error) => error.hint(),
            Reason::Issuer(error) => of_issuer(error),
            Reason::Jose(error) => of_jose(error),
            Reason::Requirement(error) => of_requirement(error),
            Reason::Revocation(RevocationError::Unavailable(_)) => {
                Some("the list of revoked tokens has no answer: look at what the RevocationList asks")
            }
            Reason::Token(error) => of_token(error),
        }
    }
}

fn of_jose(error: &JoseError) -> Option<&'static str> {
    match error {
        JoseError::AlgorithmNotAllowed { .. } => {
            Some("the tenant signs with another algorithm: see the API's settings, or list it with algorithms()")
        }
        JoseError::Encrypted => {
            Some("the client asked for no audience, or the API's tokens are encrypted: switch that off")
        }
        JoseError::Opaque => Some("the client asked for no audience: it must name this API when it logs in"),
        JoseError::Symmetric => Some("the API is set to HS256 in the tenant: switch it to RS256"),
        _ => None,
    }
}

fn of_issuer(error: &IssuerError) -> Option<&'static str> {
    match error {
        IssuerError::Header(error) => of_jose(error),
        IssuerError::NotTrusted { nearly: true } => {
            Some("iss differs from the configured domain in letter case or the trailing slash only")
        }
        IssuerError::NotTrusted { nearly: false } => Some(
            "another tenant, or a custom domain versus the canonical one: configure the domain that clients log in at",
        ),
        IssuerError::Resolver(error) => Some(of_resolver(error)),
        IssuerError::Unavailable(unavailable) => match &*unavailable.cause {
            DiscoveryError::Discovery(_) | DiscoveryError::Jwks(_) => {
                Some("the tenant cannot be reached from here: check the domain, DNS, egress rules and certificates")
            }
            DiscoveryError::Document | DiscoveryError::Issuer => {
                Some("the domain answers, but is not that of this tenant")
            }
            DiscoveryError::JwksUri => Some("allow the host of jwks_uri by name, and port, with allow_jwks_host()"),
            DiscoveryError::Throttled => Some(
                "tokens name many issuers, and none was verified: strangers, or more issuers than KeyPolicy::newcomers allows",
            ),
            DiscoveryError::GivenUp | DiscoveryError::KeySet(_) | DiscoveryError::TokenEndpoint => None,
        },
        _ => None,
    }
}

fn of_requirement(error: &RequirementError) -> Option<&'static str> {
    match error {
        RequirementError::Empty => Some("a list of a requirement is empty or blank: it has to ask for something"),
        RequirementError::Permission { .. } => {
            Some("permissions are in tokens once RBAC and its setting to add them are switched on for the API")
        }
        RequirementError::StepUp { .. } => Some(
            "Auth0 writes no acr and auth_time into access tokens: let an Action write claims of your own, see StepUp",
        ),
        _ => None,
    }
}

fn of_resolver(error: &ResolverError) -> &'static str {
    match error {
        ResolverError::Domain { .. } => {
            "the DomainResolver must name hosts such as tenant.eu.auth0.com, and nothing else"
        }
        ResolverError::Empty => "to reject a token, the DomainResolver names the domains that would be taken instead",
        ResolverError::Failed(_) | ResolverError::Timeout => "the DomainResolver, or what it asks, is in trouble",
        ResolverError::TooMany => "the DomainResolver should name the domains of this request, not all that there are",
    }
}

fn of_token(error: &TokenError) -> Option<&'static str> {
    match error {
        TokenError::Audience { looks_like_id_token: true } => {
            Some("this is an ID token: the client must send the access token instead")
        }
        TokenError::Audience { looks_like_id_token: false } => {
            Some("the client asked for another audience: compare it with the API's identifier, trailing slash included")
        }
        TokenError::NotYetValid => Some("this machine's clock may be behind: leeway() tolerates a few seconds"),
        TokenError::Type => {
            Some("a token made for another purpose, or strict_rfc9068() with an API that has the Auth0 profile")
        }
        _ => None,
    }
}

fn of_dpop(error: &DpopError) -> Option<&'static str> {
    match error {
        DpopError::Certificate(error) => Some(of_certificate(*error)),
        DpopError::Proof(ProofError::Target { hint }) => Some(hint),
        DpopError::Proof(ProofError::Window) => Some("the client's clock or this machine's is off"),
        DpopError::Store(ReplayStoreError::Full) => {
            Some("more live proofs than the store holds: give it more room, or shorten the proofs' max_age()")
        }
        DpopError::Target(_) => Some("behind a proxy, set public_url() or trusted_proxies()"),
        _ => None,
    }
}

fn of_certificate(error: CertificateError) -> &'static str {
    match error {
        CertificateError::Entries(_) => {
            "X-Forwarded-Client-Cert needs an element of each trusted proxy: see client_certificates() and trusted_proxies()"
        }
        CertificateError::HeaderMalformed
        | CertificateError::HeaderRepeated
        | CertificateError::HeaderTooLong { .. } => {
            "the proxy must replace the client's header by one certificate, in the encoding that client_certificates() names"
        }
        CertificateError::Mismatch => {
            "the client changed its certificate, or the token is a stolen one; behind a proxy, of_connection() sees the proxy's"
        }
        CertificateError::Missing => {
            "nothing at the place that client_certificates() names, or a header of a peer that trusted_proxies() does not know"
        }
        CertificateError::NotConfigured => "client_certificates() says where the certificates of clients come from",
    }
}
