//! The fetcher, and the fetcher for one caller.

use std::sync::Arc;

use http::Method;

use crate::caller::FetchCaller;
use crate::request::FetchRequest;
use crate::shared::Shared;

/// Calls another API: with a token for the caller, a proof if the token is bound, and a repetition where one helps.
///
/// Build one fetcher for each API that you call, and clone it freely: clones share nonces, connections and settings. It is made
/// by [`on_behalf_of`](Self::on_behalf_of) and the other functions below.
///
/// ```
/// use auth0_api_core::{ApiClient, Error, OnBehalfOf, VerifiedToken};
/// use auth0_api_fetcher::{Fetcher, FetcherBuildError};
///
/// fn calendar(api: &ApiClient) -> Result<Fetcher, FetcherBuildError> {
///     let asked = OnBehalfOf::audience("https://calendar.example.com").scope("read:events");
///     Fetcher::on_behalf_of(api, "https://calendar.example.com/v1", asked).build()
/// }
///
/// /// In a handler, `?` turns every error into the response of this API.
/// async fn events(calendar: &Fetcher, token: &VerifiedToken) -> Result<String, Error> {
///     let response = calendar
///         .for_caller(token)
///         .get("/events")
///         .query(&[("from", "2026-11-01")])
///         .send()
///         .await?;
///     Ok(response.error_for_status()?.text().await?)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Fetcher(Arc<Shared>);

/// A [`Fetcher`] for one caller.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent yet: call `get` or another method"]
pub struct CallerFetcher {
    fetcher: Fetcher,
    caller: FetchCaller,
}

impl Fetcher {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// Makes requests for this caller: a [`VerifiedToken`](auth0_api_core::VerifiedToken), or a [`FetchCaller`].
    pub fn for_caller(&self, caller: impl Into<FetchCaller>) -> CallerFetcher {
        CallerFetcher { fetcher: self.clone(), caller: caller.into() }
    }

    /// Makes requests for this API itself, with the tokens of a [grant](Self::with_grant) or of your own source.
    pub fn for_application(&self) -> CallerFetcher {
        self.for_caller(FetchCaller::application())
    }
}

impl CallerFetcher {
    /// Starts a request. `url` is a path, with or without a query, which is appended to the base URL; or an absolute URL of an
    /// allowed origin.
    ///
    /// Percent-encode the values that you put into a path, or pass them to [`query`](FetchRequest::query): a path with a
    /// character that needs it, or with a segment `..`, is an error.
    pub fn request(&self, method: Method, url: impl Into<String>) -> FetchRequest {
        FetchRequest::new(Arc::clone(&self.fetcher.0), self.caller.clone(), method, url.into())
    }

    /// Starts a GET request.
    pub fn get(&self, url: impl Into<String>) -> FetchRequest {
        self.request(Method::GET, url)
    }

    /// Starts a POST request.
    pub fn post(&self, url: impl Into<String>) -> FetchRequest {
        self.request(Method::POST, url)
    }

    /// Starts a PUT request.
    pub fn put(&self, url: impl Into<String>) -> FetchRequest {
        self.request(Method::PUT, url)
    }

    /// Starts a PATCH request.
    pub fn patch(&self, url: impl Into<String>) -> FetchRequest {
        self.request(Method::PATCH, url)
    }

    /// Starts a DELETE request.
    pub fn delete(&self, url: impl Into<String>) -> FetchRequest {
        self.request(Method::DELETE, url)
    }
}
