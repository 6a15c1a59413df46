//! URLs of pieces.

use arbitrary::Arbitrary;

/// The URL of the valid request, in normal form.
pub(super) const CALLED: &str = "https://api.example.com/orders/a%2Fb";

/// A URL. Without choices, it is [`CALLED`].
#[derive(Arbitrary, Debug, Default)]
pub(super) struct Url {
    scheme: u8,
    host: u8,
    port: u8,
    segments: Option<Vec<u8>>,
    end: u8,
}

impl Url {
    pub(super) fn text(&self) -> String {
        let piece = |list: &[&'static str], index: u8| list[usize::from(index) % list.len()];
        let path = match &self.segments {
            None => "/orders/a%2Fb".to_owned(),
            Some(segments) => segments.iter().take(6).map(|index| piece(SEGMENTS, *index)).collect(),
        };
        let (scheme, host) = (piece(SCHEMES, self.scheme), piece(HOSTS, self.host));
        format!("{scheme}{host}{}{path}{}", piece(PORTS, self.port), piece(ENDS, self.end))
    }
}

const SCHEMES: &[&str] = &["https://", "HTTPS://", "http://", "wss://", "", "//", "https:", "https:///", " https://"];
#[rustfmt::skip]
const HOSTS: &[&str] = &[
    "api.example.com", "API.Example.COM", "api.example.com.", "other.example.com", "user@api.example.com",
    "api.example.com@evil.example", "a_b", "[2001:DB8::1]", "[::1", "127.0.0.1", "b\u{fc}cher.example", "a,b", "a..b", "",
    "api.example%2ecom", "[fe80::1%25eth0]",
];
const PORTS: &[&str] = &["", ":443", ":", ":0443", ":80", ":8443", ":65536", ":-1", ":+443", ":443:443", ":4 4"];
#[rustfmt::skip]
const SEGMENTS: &[&str] = &[
    "/orders", "/a%2Fb", "/a%2fb", "/%6frders", "/./", "/../", "/.", "/..", "/%2e", "/%2E%2e", "/..%2F", "/...", "//", "/",
    "/%", "/%4", "/%zz", "/a\\b", "/\u{fc}", "/a b", "/ORDERS", "/;p=1", "/x/..", "/%00", "/~%7e", "",
];
const ENDS: &[&str] = &["", "?a=b", "#a", "?", "?a=/../b", "?a b", "/", "?\u{fc}", "#\u{1}"];
