//! Hints for operators: why requests are rejected, and what to change. Hints are written to logs, and never sent to
//! callers.

use crate::binding::BindingError;
use crate::called_url::TargetError;
use crate::credentials::CredentialsError;
use crate::dpop::{ProofError, ReplayStoreError};
use crate::error::{Error, Reason};
use crate::exchange::ProofSigningError;
use crate::issuer::{DiscoveryError, FetchLimit, IssuerError, ResolverError};
use crate::jose::JoseError;
use crate::mtls::CertificateError;
use crate::requirement::RequirementError;
use crate::revocation::RevocationError;
use crate::token::{ClaimsError, TokenError};

impl Error {
    /// Returns a text for operators: what is wrong, and what to change.
    ///
    /// Returns `None` for errors that a wrong configuration rarely causes.
    pub fn hint(&self) -> Option<&'static str> {
        match &self.reason {
            Reason::Binding(error) => of_binding(error),
            Reason::Claims(ClaimsError::Missing { .. }) => Some(
                "the type that the handler asks for requires a claim that the token lacks: let an Action in the tenant \
                 add the claim, or make the field an Option",
            ),
            Reason::Claims(ClaimsError::Unsuitable { .. }) => Some(
                "the type that the handler asks for does not fit a claim of the token: compare the type with the \
                 claims of a token of this tenant",
            ),
            Reason::Credentials(CredentialsError::SchemeNotOffered { .. }) => Some(
                "the DpopPolicy does not offer the scheme of the request: use the other scheme in the client, \
                 or offer both with DpopPolicy::accept()",
            ),
            Reason::Credentials(_)
            | Reason::ProofSigning(ProofSigningError::Key(_))
            | Reason::Revocation(RevocationError::ClaimMalformed { .. } | RevocationError::Revoked) => None,
            Reason::Exchange(error) => error.hint(),
            Reason::Issuer(error) => of_issuer(error),
            Reason::Jose(error) => of_jose(error),
            Reason::ProofSigning(ProofSigningError::Url(_)) => Some(
                "the application asked for a proof for something that is no absolute http or https URL: pass the URL to \
                 which it sends the request",
            ),
            Reason::Requirement(error) => of_requirement(error),
            Reason::Revocation(RevocationError::Unavailable(_)) => {
                Some("the RevocationList failed or took longer than 2 s: check the service or database that it queries")
            }
            Reason::Token(error) => of_token(error),
        }
    }
}

fn of_binding(error: &BindingError) -> Option<&'static str> {
    match error {
        BindingError::Certificate(error) => Some(of_certificate(*error)),
        BindingError::Proof(ProofError::Target { hint }) => Some(hint),
        BindingError::Proof(ProofError::TargetMalformed(TargetError::WebSocketScheme))
        | BindingError::Target(TargetError::WebSocketScheme) => Some(
            "the client signed, or the application states, a ws or wss URL: the handshake of a WebSocket is an http \
             request, so the URL should begin with https:// or http://",
        ),
        BindingError::Proof(ProofError::Window) => {
            Some("the client's clock or this machine's clock is wrong: synchronise both clocks")
        }
        BindingError::Replayed => Some(
            "the client sent a proof twice, or somebody copied it; if this happens to every proof, the request passes two \
             layers of different clients with one replay store, and the inner layer finds the proof that the outer one \
             recorded: use one client, and Requirement::sender_constrained() where you want DPoP only",
        ),
        BindingError::Store(ReplayStoreError::Full) => {
            Some("the replay store is full: raise its capacity, or shorten DpopPolicy::max_age()")
        }
        BindingError::Target(TargetError::DotSegment) => Some(
            "the path of the request has a segment . or ..: the client should resolve the URL before it calls and signs \
             it",
        ),
        BindingError::Target(TargetError::HostForeign) => Some(
            "the client called a host that own_hosts() does not list: add the host if clients call this API by it, else \
             let the proxy reject unknown hosts",
        ),
        BindingError::Target(_) => {
            Some("the URL that the client called is unknown: behind a proxy, set public_url() or trusted_proxies()")
        }
        _ => None,
    }
}

fn of_certificate(error: CertificateError) -> &'static str {
    match error {
        CertificateError::HeaderElements { .. } => {
            "X-Forwarded-Client-Cert has another number of elements than the proxies write: let Envoy replace the \
             client's header (SANITIZE_SET) without uri and dns, and state with appended() how many elements the \
             proxies write"
        }
        CertificateError::HeaderMalformed
        | CertificateError::HeaderRepeated
        | CertificateError::HeaderTooLong { .. } => {
            "the header with the client certificate is repeated, too long or unreadable: let the proxy replace the \
             client's header with one certificate, in the encoding that client_certificates() names"
        }
        CertificateError::Mismatch => {
            "the token is bound to another certificate than the client's: after a renewal, let the client request a \
             new token, else the token may be stolen; behind a proxy, do not use of_connection(): it reads the \
             proxy's certificate"
        }
        CertificateError::Missing => {
            "no certificate arrived where client_certificates() looks for it: let the server or the proxy request one \
             from the client, and add the proxy to trusted_proxies()"
        }
        CertificateError::NotConfigured => {
            "the token is bound to a client certificate: let client_certificates() name the place where this API finds \
             the certificate"
        }
    }
}

fn of_jose(error: &JoseError) -> Option<&'static str> {
    match error {
        JoseError::AlgorithmNotAllowed { .. } => Some(
            "the token is signed with an algorithm that this API does not accept: change the API's signing algorithm \
             in the tenant, or add the algorithm with algorithms()",
        ),
        JoseError::Encrypted => Some(
            "the token is encrypted: let the client request this API's identifier as audience, and switch off token \
             encryption for the API in the tenant",
        ),
        JoseError::Opaque => {
            Some("the token is not a JWT: let the client request this API's identifier as audience when it logs in")
        }
        JoseError::Symmetric => {
            Some("the token is signed with a symmetric algorithm such as HS256: set the API to RS256 in the tenant")
        }
        _ => None,
    }
}

fn of_issuer(error: &IssuerError) -> Option<&'static str> {
    match error {
        IssuerError::Header(error) => of_jose(error),
        IssuerError::KeyNotLookedFor(error) => Some(of_limit(error.limit)),
        IssuerError::NobodyTrusted => Some(
            "the DomainResolver answered DomainAnswer::Nobody for this request: if the request is legitimate, let the \
             resolver return the domain of its tenant",
        ),
        IssuerError::NotTrusted { nearly: true } => Some(
            "iss differs from the configured domain only in letter case or in the trailing slash: the issuer must \
             write https://, the host in lower case, and a slash",
        ),
        IssuerError::NotTrusted { nearly: false } => Some(
            "the token is from another tenant, or its iss is a custom or canonical domain of the tenant that is not \
             configured: configure the domain that clients use to log in",
        ),
        IssuerError::Resolver(error) => Some(of_resolver(error)),
        IssuerError::Unavailable(unavailable) => match &*unavailable.cause {
            DiscoveryError::Discovery(_) | DiscoveryError::Jwks(_) => Some(
                "the tenant cannot be reached, or answers with an error: check the domain, DNS, egress rules and \
                 certificates",
            ),
            DiscoveryError::Document | DiscoveryError::Issuer => Some(
                "the discovery document is malformed or names another issuer: check that the configured domain is the \
                 tenant's",
            ),
            DiscoveryError::JwksUri => Some(
                "the jwks_uri is missing, not https, or on another host: allow that host, and its port, with \
                 allow_jwks_host()",
            ),
            DiscoveryError::GivenUp | DiscoveryError::KeySet(_) | DiscoveryError::TokenEndpoint => None,
        },
        _ => None,
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

fn of_requirement(error: &RequirementError) -> Option<&'static str> {
    match error {
        RequirementError::Empty => Some(
            "a Requirement contains an empty list or a blank value, and no token meets it: correct the Requirement in \
             the API's code",
        ),
        RequirementError::Permission { .. } => Some(
            "if the user has the permission, the token does not contain it: switch on RBAC, and the option that adds \
             permissions to access tokens, for the API in the tenant",
        ),
        RequirementError::StepUp { .. } => Some(
            "Auth0 does not write acr and auth_time into access tokens: let an Action add claims with other names, \
             and name them in StepUp",
        ),
        _ => None,
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

fn of_token(error: &TokenError) -> Option<&'static str> {
    match error {
        TokenError::Audience { looks_like_id_token: true } => {
            Some("this is an ID token: the client must send the access token instead")
        }
        TokenError::Audience { looks_like_id_token: false } => Some(
            "the token is for another audience: let the client request this API's identifier, and compare both \
             values, including a trailing slash",
        ),
        TokenError::NotYetValid => {
            Some("this machine's clock may be behind: synchronise it, or tolerate a few seconds with leeway()")
        }
        TokenError::Type => Some(
            "the token is not an access token, or strict_rfc9068() is set and the API's token profile is Auth0: \
             send an access token, or set the RFC 9068 profile in the tenant",
        ),
        _ => None,
    }
}
