//! The domain resolver: an application's own code that decides, for each request, which tenants' tokens to accept.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::domain::Loopback;
use super::{Domain, DomainError};
use crate::called_url::TargetPolicy;
use crate::request::{HeaderSource, Location, TokenRequest};

/// The future of a [`DomainResolver`]'s answer.
pub type DomainFuture<'a> = Pin<Box<dyn Future<Output = Result<DomainAnswer, DomainResolverFailure>> + Send + 'a>>;

/// The tenants that a [`DomainResolver`] trusts for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainAnswer {
    /// The domains of these tenants, in any spelling that [`ApiClient::builder`](crate::ApiClient::builder) accepts. An
    /// empty list is an error, because it is more often a mistake than a decision.
    Domains(Vec<String>),
    /// Nobody is trusted for this request, for example because its host is unknown. The caller gets 401.
    Nobody,
}

impl From<Vec<String>> for DomainAnswer {
    fn from(domains: Vec<String>) -> Self {
        Self::Domains(domains)
    }
}

/// The error of a resolver, of any type. The client logs the error, and the caller gets 500.
pub type DomainResolverFailure = Box<dyn std::error::Error + Send + Sync>;

/// Decides for each request which tenants' tokens this API accepts.
///
/// The client asks the resolver once per verification, after it has checked the token's form and algorithm and before
/// it fetches anything; twice for a token in the token cache that is verified anew, because the resolver no longer names its
/// tenant or because the tenant's keys have changed or were evicted. The client does not cache the answer, so the resolver
/// should be quick. The token's issuer must be exactly, byte for byte, one of the named issuers.
///
/// There are three answers:
///
/// | answer | the caller gets |
/// |---|---|
/// | [`DomainAnswer::Domains`] | 401 if the tenant of the token is not among the domains |
/// | [`DomainAnswer::Nobody`]: nobody is trusted for this request | 401 |
/// | an error: the resolver cannot answer | 500 without a challenge, and the operator a warning |
///
/// These answers are faults of the API, too: an empty list, an entry that is not a domain, more than 1000 entries, and
/// no answer within 5 s.
///
/// A closure can be a resolver. It returns a [`DomainAnswer`] or a list of domains. It must read what it needs from the
/// context before it creates its future:
///
/// ```
/// use auth0_api_core::{ApiClient, TrustedDomains};
/// use auth0_api_core::issuer::{DomainAnswer, DomainContext};
///
/// let resolver = |context: &DomainContext<'_>| {
///     let brand = context.header("x-brand").map(str::to_owned);
///     async move {
///         Ok(match brand.as_deref() {
///             Some("a") => vec!["login.brand-a.com".to_owned()].into(),
///             Some("b") => vec!["login.brand-b.com".to_owned()].into(),
///             _ => DomainAnswer::Nobody,
///         })
///     }
/// };
/// let api =
///     ApiClient::builder(TrustedDomains::resolver(resolver), "https://api.example.com")
///         .build()?;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not decide which tenants are trusted",
    label = "pass a domain resolver here: a type that implements `DomainResolver`",
    note = "pass a closure: `|context: &DomainContext<'_>| async {{ Ok(vec![\"tenant.eu.auth0.com\".to_owned()]) }}`",
    note = "for a fixed list of tenants, use `TrustedDomains::list([\"tenant.eu.auth0.com\"])` instead"
)]
pub trait DomainResolver: Send + Sync + 'static {
    /// Returns the tenants whose tokens are accepted for this request.
    fn domains<'a>(&'a self, context: &'a DomainContext<'a>) -> DomainFuture<'a>;
}

impl<R: DomainResolver + ?Sized> DomainResolver for Arc<R> {
    fn domains<'a>(&'a self, context: &'a DomainContext<'a>) -> DomainFuture<'a> {
        (**self).domains(context)
    }
}

impl<R, F, A> DomainResolver for R
where
    R: Fn(&DomainContext<'_>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<A, DomainResolverFailure>> + Send + 'static,
    A: Into<DomainAnswer>,
{
    fn domains<'a>(&'a self, context: &'a DomainContext<'a>) -> DomainFuture<'a> {
        let answer = self(context);
        Box::pin(async move { answer.await.map(Into::into) })
    }
}

impl fmt::Debug for dyn DomainResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DomainResolver")
    }
}

/// The information that a [`DomainResolver`] can base its answer on.
#[derive(Clone, Copy)]
pub struct DomainContext<'a> {
    incoming: Option<IncomingRequest<'a>>,
    unverified_issuer: &'a str,
}

/// A request, and the policy that determines which URL its client called.
#[derive(Clone, Copy, Debug)]
struct IncomingRequest<'a> {
    request: &'a TokenRequest<'a>,
    target: &'a TargetPolicy,
}

/// Why a [`DomainResolver`] gave no usable answer.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolverError {
    /// An entry is not a valid domain.
    #[error("the domain resolver named {domain:?}, which is not a valid domain")]
    Domain {
        /// The entry.
        domain: Box<str>,
        /// What is wrong with the entry.
        #[source]
        error: DomainError,
    },
    /// The list is empty.
    #[error("the domain resolver named no domain")]
    Empty,
    /// The resolver failed.
    #[error("the domain resolver failed")]
    Failed(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// The resolver did not answer within 5 s.
    #[error("the domain resolver did not answer in time")]
    Timeout,
    /// The list has more than 1000 domains.
    #[error("the domain resolver named more than 1000 domains")]
    TooMany,
}

impl<'a> DomainContext<'a> {
    /// The URL that the client called, with its query. `None` without a request
    /// ([`verify_access_token`](crate::ApiClient::verify_access_token)), or if the request's URL cannot be determined.
    pub fn url(&self) -> Option<String> {
        let IncomingRequest { request, target } = self.incoming?;
        match request.location {
            Location::Url(url) => Some(url.to_owned()),
            Location::Received(received) => {
                let called = target.called(request).ok()?;
                let query = received.target.split_once('?').map(|(_, query)| format!("?{query}"));
                Some(format!("{called}{}", query.unwrap_or_default()))
            }
        }
    }

    /// The request's headers; `None` without a request.
    pub fn headers(&self) -> Option<&'a dyn HeaderSource> {
        Some(self.incoming?.request.headers)
    }

    /// The value of the header `name`, which is given in lower case. `None` unless the request has this header exactly
    /// once, in UTF-8.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.incoming?.request.single(name).ok()??).ok()
    }

    /// The token's `iss`, **which an attacker may have written**: the token is not verified yet. Use this text only to
    /// look up something, such as a tenant in a database. It is no proof of the issuer, and the resolver must not send
    /// a request to a URL in this text.
    pub fn unverified_issuer(&self) -> &'a str {
        self.unverified_issuer
    }
}

impl fmt::Debug for DomainContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers contain credentials, and the query of a URL may contain some.
        f.debug_struct("DomainContext").field("unverified_issuer", &self.unverified_issuer).finish_non_exhaustive()
    }
}

/// A resolver, with the settings that apply to its input and to its answers.
#[derive(Debug)]
pub(super) struct Resolver {
    pub(super) source: Arc<dyn DomainResolver>,
    pub(super) loopback: Loopback,
    pub(super) target: TargetPolicy,
}

impl Resolver {
    /// Asks the resolver, and enforces the limits on time and number of domains. Returns `None` if the resolver trusts
    /// nobody for this request.
    pub(super) async fn domains(
        &self,
        request: Option<&TokenRequest<'_>>,
        unverified_issuer: &str,
    ) -> Result<Option<Vec<Domain>>, ResolverError> {
        let incoming = request.map(|request| IncomingRequest { request, target: &self.target });
        let context = DomainContext { incoming, unverified_issuer };
        let answer = tokio::time::timeout(TIMEOUT, self.source.domains(&context)).await;
        let answer =
            answer.map_err(|_| ResolverError::Timeout)?.map_err(|failure| ResolverError::Failed(failure.into()))?;
        let DomainAnswer::Domains(domains) = answer else { return Ok(None) };
        match domains.len() {
            0 => Err(ResolverError::Empty),
            1..=MAX_DOMAINS => Domain::parse_all(&domains, self.loopback)
                .map(Some)
                .map_err(|(domain, error)| ResolverError::Domain { domain: domain.into(), error }),
            _ => Err(ResolverError::TooMany),
        }
    }
}

/// The request waits for the resolver. A database query takes milliseconds.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The domains are parsed again for each request: a thousand domains take one or two milliseconds.
const MAX_DOMAINS: usize = 1000;
