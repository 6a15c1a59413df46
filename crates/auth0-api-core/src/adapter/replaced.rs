//! Which headers remain when an adapter replaces the response of a handler by a rejection.

use crate::rejection::Rejection;

impl Rejection {
    /// Returns true if a header of the response that this rejection replaces stays. Pass the name in lower case.
    ///
    /// A layer between the handler and the adapter's middleware may have set headers, such as those of CORS. The adapter
    /// copies these to the rejection, every line of them. A header that the rejection sets itself does not stay, except
    /// `Vary`, which both may extend. Headers that describe the replaced body, its length or its caching do not stay.
    pub fn keeps_replaced_header(&self, name: &str) -> bool {
        name == "vary" || !(OF_THE_BODY.contains(&name) || self.headers().any(|(own, _)| own == name))
    }
}

const OF_THE_BODY: [&str; 22] = [
    "accept-ranges",
    "age",
    "cache-control",
    "content-digest",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-location",
    "content-md5",
    "content-range",
    "content-type",
    "digest",
    "etag",
    "expires",
    "grpc-message",
    "grpc-retry-pushback-ms",
    "grpc-status",
    "last-modified",
    "repr-digest",
    "trailer",
    "transfer-encoding",
];
