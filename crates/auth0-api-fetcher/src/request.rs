//! A request of a fetcher, before it is sent.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::http::{HttpConnection, HttpError};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use serde::Serialize;

use crate::body::{RequestBody, ResponseBody};
use crate::caller::FetchCaller;
use crate::client::FetchClient;
use crate::engine::{Order, Transport, deadline_in, is_idempotent};
use crate::error::FetchError;
use crate::report;
use crate::response::FetchResponse;
use crate::shared::Shared;

/// A request of a [`Fetcher`](crate::Fetcher), before it is sent.
#[must_use = "nothing is sent before `send`"]
pub struct FetchRequest {
    shared: Arc<Shared>,
    caller: FetchCaller,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: RequestBody,
    any_status: bool,
    repeatable: bool,
    time_limit: Duration,
    /// The first mistake, which `send` returns.
    mistake: Option<FetchError>,
}

impl FetchRequest {
    pub(crate) fn new(shared: Arc<Shared>, caller: FetchCaller, method: Method, url: String) -> Self {
        let (repeatable, time_limit) = (is_idempotent(&method), shared.engine.whole_limit);
        Self {
            shared,
            caller,
            method,
            url,
            headers: HeaderMap::new(),
            body: RequestBody::default(),
            any_status: false,
            repeatable,
            time_limit,
            mistake: None,
        }
    }

    /// Appends parameters to the query, percent-encoded.
    pub fn query(mut self, parameters: &[(&str, &str)]) -> Self {
        if !parameters.is_empty() {
            self.url.push(if self.url.contains('?') { '&' } else { '?' });
            let start = self.url.len();
            let url = std::mem::take(&mut self.url);
            let mut query = form_urlencoded::Serializer::for_suffix(url, start);
            query.extend_pairs(parameters);
            self.url = query.finish();
        }
        self
    }

    /// Sets a header. The fetcher itself sets `Authorization` and `DPoP`, and the HTTP client sets `Host`: values for these
    /// three are not sent.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(value)) => drop(self.headers.insert(name, value)),
            (Err(error), _) => self.note(FetchError::Header(error.into())),
            (_, Err(error)) => self.note(FetchError::Header(error.into())),
        }
        self
    }

    /// Sets the body: bytes, a text, or a [stream](RequestBody::stream).
    pub fn body(mut self, body: impl Into<RequestBody>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets the body to a value as JSON, and `Content-Type`.
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.body = json.into(),
            Err(error) => self.note(FetchError::RequestJson(error)),
        }
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self
    }

    /// Sets the time limit for the whole request. Default: that of the [fetcher](crate::FetcherBuilder::time_limit).
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Returns every response, also a 401 or 403 that the fetcher cannot answer with a repetition. Default:
    /// [`FetchError::Denied`] and [`FetchError::TokenRejected`].
    pub fn any_status(mut self) -> Self {
        self.any_status = true;
        self
    }

    /// Allows the fetcher to repeat the request with a new token, or on a new connection, although its method is POST or PATCH:
    /// the other API can process it twice without harm. Default: only other methods are repeated. A body that is a stream is
    /// never sent twice.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = true;
        self
    }

    /// Sends the request, and returns when the head of the response has arrived.
    ///
    /// The status of the response may be any but 401 and 403: see [`FetchResponse::error_for_status`]. A redirect is returned,
    /// and not followed.
    ///
    /// # Errors
    ///
    /// [`FetchError`].
    pub async fn send(self) -> Result<FetchResponse, FetchError> {
        let deadline = deadline_in(self.time_limit);
        let Self { shared, caller, method, url, headers, body, any_status, repeatable, time_limit, mistake } = self;
        let target = match mistake {
            Some(mistake) => Err(mistake),
            None => shared.engine.fence.resolve(&url).map_err(FetchError::from),
        };
        let target = target.inspect_err(|error| report::ended(None, Err(error)))?;
        let order = Order { method, target, headers, body, any_status, repeatable, deadline, limit: time_limit };
        let response = shared.engine.run(&caller, order, RequestBody::try_clone, &mut Dynamic(&*shared.client)).await?;
        Ok(FetchResponse::new(response, deadline, shared.engine.attempt_limit, shared.max_body_bytes))
    }

    fn note(&mut self, mistake: FetchError) {
        self.mistake.get_or_insert(mistake);
    }
}

/// The HTTP client of a fetcher.
struct Dynamic<'c>(&'c dyn FetchClient);

impl Transport<RequestBody> for Dynamic<'_> {
    type Body = ResponseBody;

    fn send(
        &mut self,
        request: Request<RequestBody>,
        connection: HttpConnection,
    ) -> impl Future<Output = Result<Response<ResponseBody>, HttpError>> + Send {
        self.0.send(request, connection)
    }
}

impl fmt::Debug for FetchRequest {
    /// Shows the names of the headers only, and no URL: both may contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.keys().collect();
        let mut shown = f.debug_struct("FetchRequest");
        shown.field("caller", &self.caller).field("method", &self.method).field("headers", &headers);
        shown.finish_non_exhaustive()
    }
}
