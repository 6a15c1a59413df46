//! Which headers remain when an adapter replaces the response of a handler by a rejection.

/// Returns true if a header of a response stays right when a rejection replaces the body. Pass the name in lower case.
///
/// A layer between the handler and the adapter's middleware may have set headers, such as those of CORS. The adapter
/// copies these to the rejection. It does not copy headers that describe the replaced body, its length or its caching.
pub fn outlives_its_body(name: &str) -> bool {
    !OF_THE_BODY.contains(&name)
}

const OF_THE_BODY: [&str; 19] = [
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
    "last-modified",
    "repr-digest",
    "trailer",
    "transfer-encoding",
];
