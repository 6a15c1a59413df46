//! Which request a log event is about: its method and its path.

use smallvec::SmallVec;

/// The method and the path of a request, for log events about it.
///
/// The query is left out, because it can contain a token. A path is cut after 256 bytes.
///
/// ```
/// use auth0_api_core::adapter::Place;
///
/// let place = Place::new("GET", "/orders/17?access_token=eyJ…");
/// assert_eq!((place.method(), place.path()), ("GET", "/orders/17"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'r> {
    method: &'r str,
    path: &'r str,
}

/// A [`Place`] that outlives its request. Nearly every place is short enough to need no allocation.
#[derive(Clone, Debug)]
pub(crate) struct KeptPlace {
    text: SmallVec<[u8; 64]>,
    method_length: usize,
}

impl<'r> Place<'r> {
    /// Names a request by its method, and by its target or path.
    pub fn new(method: &'r str, target: &'r str) -> Self {
        // Cut first, because a target can have 60 KiB.
        let target = cut(target, LONGEST_PATH);
        let path = target.bytes().position(|octet| matches!(octet, b'?' | b'#')).and_then(|end| target.get(..end));
        Self { method: cut(method, LONGEST_METHOD), path: path.unwrap_or(target) }
    }

    /// Names a request by its method, and by the URL that its client called.
    pub(crate) fn of_url(method: &'r str, url: &'r str) -> Self {
        let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
        let path = after_scheme.find(['/', '?', '#']).and_then(|start| after_scheme.get(start..)).unwrap_or("/");
        Self::new(method, path)
    }

    /// The method.
    pub fn method(&self) -> &'r str {
        self.method
    }

    /// The method as the field `http.request.method` of a log event: `_OTHER` for a method that no RFC of the list names,
    /// as the semantic conventions demand.
    pub(crate) fn known_method(&self) -> &'r str {
        if KNOWN_METHODS.contains(&self.method) { self.method } else { "_OTHER" }
    }

    /// The path.
    pub fn path(&self) -> &'r str {
        self.path
    }

    pub(crate) fn keep(&self) -> KeptPlace {
        let mut text = SmallVec::from_slice(self.method.as_bytes());
        text.extend_from_slice(self.path.as_bytes());
        KeptPlace { text, method_length: self.method.len() }
    }
}

impl KeptPlace {
    pub(crate) fn place(&self) -> Place<'_> {
        let text = std::str::from_utf8(&self.text).unwrap_or_default();
        let (method, path) = text.split_at_checked(self.method_length).unwrap_or_default();
        Place { method, path }
    }
}

fn cut(text: &str, longest: usize) -> &str {
    let end = (0..=longest.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// In bytes. The longest registered method, `UPDATEREDIRECTREF`, has 17.
const LONGEST_METHOD: usize = 20;
const LONGEST_PATH: usize = 256;

/// RFC 9110 §9.3, RFC 5789, and the draft of QUERY: the methods that OpenTelemetry's semantic conventions know.
const KNOWN_METHODS: [&str; 10] =
    ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_no_query_and_a_bounded_path() {
        let long = format!("/{}", "ü".repeat(200));
        for (target, path) in [("/a?b=/c", "/a"), ("/a#b", "/a"), ("", ""), (&*long, &*format!("/{}", "ü".repeat(127)))]
        {
            assert_eq!(Place::new("GET", target).path(), path);
        }
        assert_eq!(Place::new(&"X".repeat(1000), "/").method().len(), 20);
    }

    #[test]
    fn an_unknown_method_is_logged_as_other() {
        for (method, logged) in
            [("GET", "GET"), ("QUERY", "QUERY"), ("get", "_OTHER"), ("PROPFIND", "_OTHER"), ("", "_OTHER")]
        {
            assert_eq!(Place::new(method, "/").known_method(), logged, "{method}");
        }
    }

    #[test]
    fn a_url_gives_its_path() {
        for (url, path) in [
            ("https://api.example/a/b?c", "/a/b"),
            ("https://api.example", "/"),
            ("https://api.example?a=/b", ""),
            ("/a", "/a"),
        ] {
            assert_eq!(Place::of_url("GET", url).path(), path, "{url}");
        }
    }

    #[test]
    fn a_kept_place_is_the_same() {
        for (method, path) in [("GET", "/"), ("", ""), ("DELETE", &*"/long".repeat(50))] {
            let place = Place::new(method, path);
            assert_eq!(place.keep().place(), place);
        }
    }
}
