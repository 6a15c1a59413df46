//! The HTTP client that sends all requests of this crate, and the code that fetches documents with limits on size and
//! time.

mod client;
mod fetch;
#[cfg(feature = "reqwest")]
mod reqwest;

pub use self::client::{HttpClient, HttpError, HttpFuture, HttpMethod, HttpRequest, HttpResponse};
#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestClient;

pub use self::fetch::FetchError;
pub(crate) use self::fetch::{Document, Fetcher};
