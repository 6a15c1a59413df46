//! The seam to somebody who knows, request by request, whose tokens are taken.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::domain::Loopback;
use super::trusted::parse_all;
use super::{Domain, DomainError};
use crate::called_url::TargetPolicy;
use crate::request::{HeaderSource, Location, TokenRequest};

/// The answer of a [`DomainResolver`], when it comes.
pub type DomainFuture<'a> = Pin<Box<dyn Future<Output = Result<Vec<String>, DomainResolverFailure>> + Send + 'a>>;

/// Why a resolver has no answer: any error. It is logged, and the caller gets 500.
pub type DomainResolverFailure = Box<dyn std::error::Error + Send + Sync>;

/// Names the tenants whose tokens are taken, for each request anew.
///
/// It is asked once for each verification, after the token's shape and algorithm were found good, and before anything is fetched;
/// what it says is not cached, so it should be quick. The token is taken if its issuer is one of those named, byte for byte.
///
/// To reject a token, name the tenants that the request may have tokens of: the caller gets 401. An error, an empty list, an entry
/// that is no domain, more than 1000 entries, and no answer within 5 s are troubles of this API: the caller gets 500, and no
/// challenge.
///
/// Closures are resolvers. What one takes out of the context it takes before its future begins:
///
/// ```
/// use auth0_api_core::{ApiClient, DomainContext, Domains};
///
/// let resolver = |context: &DomainContext<'_>| {
///     let brand = context.header("x-brand").map(str::to_owned);
///     async move {
///         match brand.as_deref() {
///             Some("b") => Ok(vec!["login.brand-b.com".to_owned()]),
///             _ => Ok(vec!["login.brand-a.com".to_owned()]),
///         }
///     }
/// };
/// let api = ApiClient::builder(Domains::resolver(resolver), "https://api.example.com").build()?;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
pub trait DomainResolver: Send + Sync + 'static {
    /// Names the domains of those tenants, in any spelling that [`ApiClient::builder`](crate::ApiClient::builder) takes.
    fn domains<'a>(&'a self, context: &'a DomainContext<'a>) -> DomainFuture<'a>;
}

impl<R, F> DomainResolver for R
where
    R: Fn(&DomainContext<'_>) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Vec<String>, DomainResolverFailure>> + Send + 'static,
{
    fn domains<'a>(&'a self, context: &'a DomainContext<'a>) -> DomainFuture<'a> {
        Box::pin(self(context))
    }
}

impl fmt::Debug for dyn DomainResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DomainResolver")
    }
}

/// What a [`DomainResolver`] may go by.
#[derive(Clone, Copy)]
pub struct DomainContext<'a> {
    asked: Option<Asked<'a>>,
    unverified_issuer: &'a str,
}

/// A request, and how to work out which URL its client called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a TokenRequest<'a>,
    pub(crate) target: &'a TargetPolicy,
}

/// What is wrong with the answer of a [`DomainResolver`], or that there is none.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolverError {
    /// An entry is no domain of a tenant.
    #[error("the domain resolver named {domain:?}")]
    Domain {
        /// The entry.
        domain: Box<str>,
        /// What is wrong with it.
        #[source]
        error: DomainError,
    },
    /// The list is empty.
    #[error("the domain resolver named no domain")]
    Empty,
    /// The resolver failed.
    #[error("the domain resolver failed")]
    Failed(#[source] Arc<dyn std::error::Error + Send + Sync>),
    /// No answer within 5 s.
    #[error("the domain resolver did not answer in time")]
    Timeout,
    /// More than 1000 domains.
    #[error("the domain resolver named more than 1000 domains")]
    TooMany,
}

impl<'a> DomainContext<'a> {
    pub(super) fn new(asked: Option<Asked<'a>>, unverified_issuer: &'a str) -> Self {
        Self { asked, unverified_issuer }
    }

    /// The URL that the client called, with its query; `None` if no request is known
    /// ([`verify_access_token`](crate::ApiClient::verify_access_token)), or its URL cannot be made out.
    pub fn url(&self) -> Option<String> {
        let Asked { request, target } = self.asked?;
        match request.location {
            Location::Url(url) => Some(url.to_owned()),
            Location::Received(received) => {
                let called = target.called(request).ok()?;
                let query = received.target.split_once('?').map(|(_, query)| format!("?{query}"));
                Some(format!("{called}{}", query.unwrap_or_default()))
            }
        }
    }

    /// The request's headers; `None` if no request is known.
    pub fn headers(&self) -> Option<&'a dyn HeaderSource> {
        Some(self.asked?.request.headers)
    }

    /// The value of the header `name`, in lower case; `None` if it is not there exactly once, or is not UTF-8.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.asked?.request.single(name).ok()??).ok()
    }

    /// The token's `iss`, **which anybody can have written**: nothing was verified yet. Good for looking something up, such as a
    /// tenant in a database; it is no proof of anything, and a URL in it must not be called.
    pub fn unverified_issuer(&self) -> &'a str {
        self.unverified_issuer
    }
}

impl fmt::Debug for DomainContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers hold credentials, a URL's query may.
        f.debug_struct("DomainContext").field("unverified_issuer", &self.unverified_issuer).finish_non_exhaustive()
    }
}

/// Asks the resolver, within bounds.
pub(super) async fn resolve(
    resolver: &dyn DomainResolver,
    context: DomainContext<'_>,
    loopback: Loopback,
) -> Result<Vec<Domain>, ResolverError> {
    let answer = tokio::time::timeout(TIMEOUT, resolver.domains(&context)).await;
    let domains =
        answer.map_err(|_| ResolverError::Timeout)?.map_err(|failure| ResolverError::Failed(failure.into()))?;
    match domains.len() {
        0 => Err(ResolverError::Empty),
        1..=MAX_DOMAINS => parse_all(&domains, loopback)
            .map_err(|(domain, error)| ResolverError::Domain { domain: domain.into(), error }),
        _ => Err(ResolverError::TooMany),
    }
}

/// A query to a database takes milliseconds; the request waits for it.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Each is read anew for each request: a thousand take a millisecond or two.
const MAX_DOMAINS: usize = 1000;
