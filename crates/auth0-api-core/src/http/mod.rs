//! The HTTP client that fetches keys and tokens: the trait for a client of the application, and the default one.

// For readers of the code:
//
// The HTTP client that sends all requests of this crate, and the limits on time and size that it must keep.

mod bounded;
mod client;
#[cfg(feature = "reqwest")]
mod connections;
#[cfg(feature = "reqwest")]
mod reqwest;

pub use self::client::{HttpClient, HttpConnection, HttpError, HttpFuture, HttpMethod, HttpRequest, HttpResponse};
#[cfg(feature = "reqwest")]
pub use self::connections::ReqwestConnections;
#[cfg(feature = "reqwest")]
pub use self::reqwest::ReqwestClient;

pub use self::bounded::FetchError;
pub(crate) use self::bounded::{BoundedClient, Document, HttpHeaders, Outgoing, Wanted};
