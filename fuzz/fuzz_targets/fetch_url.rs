//! A fetcher sends tokens only to its base URL and to the origin that it was told: a second URL parser finds no other host,
//! and no path outside of the base.
#![no_main]

use auth0_api_fetcher::fuzzing::resolved;
use url::Url;

libfuzzer_sys::fuzz_target!(
    init: {
        for (reference, expected) in [
            ("/orders?page=2", "https://api.example.com/v1/orders?page=2"),
            ("https://cdn.example.com:8443/x", "https://cdn.example.com:8443/x"),
        ] {
            assert_eq!(called(reference).as_deref(), Some(expected));
        }
    },
    |reference: &str| {
        called(reference);
    }
);

fn called(reference: &str) -> Option<String> {
    let called = resolved("https://api.example.com/v1/", "https://cdn.example.com:8443", reference)?;
    let url = Url::parse(&called).expect("a URL");
    let origin = url.origin().ascii_serialization();
    let is_base = origin == "https://api.example.com";
    assert!(is_base || origin == "https://cdn.example.com:8443", "{called}");
    assert_eq!((url.username(), url.password(), url.fragment()), ("", None, None), "{called}");
    // A reference with a host has a path of its own.
    if !reference.contains("://") {
        let below = url.path().strip_prefix("/v1").expect("a path of the base");
        assert!(is_base && (below.is_empty() || below.starts_with('/')), "{called}");
        assert!(called.ends_with(reference), "{called}");
    }
    Some(called)
}
