//! Hints for operators: why a proof's `htu` differs from the URL that the server determined.

use std::fmt;

use super::authority::Scheme;
use super::path::Path;
use super::url::TargetUrl;

/// A part of a [`TargetUrl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UrlPart {
    /// `http` or `https`.
    Scheme,
    /// The name or address.
    Host,
    /// The port; the scheme's default if the URL has none.
    Port,
    /// The path, including a prefix that a proxy may have stripped.
    Path,
}

impl TargetUrl {
    /// Returns the leftmost part that differs between the two URLs; `None` if the URLs are equal.
    pub(crate) fn difference(&self, other: &Self) -> Option<UrlPart> {
        [
            (UrlPart::Scheme, self.scheme == other.scheme),
            (UrlPart::Host, self.host == other.host),
            (UrlPart::Port, self.port == other.port),
            (UrlPart::Path, self.path == other.path),
        ]
        .into_iter()
        .find_map(|(part, same)| (!same).then_some(part))
    }
}

impl fmt::Display for UrlPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "scheme",
            Self::Host => "host",
            Self::Port => "port",
            Self::Path => "path",
        })
    }
}

/// Returns the probable reason why the client signed `htu` although it called `called`, and the setting to check.
///
/// The hints are fixed texts and contain no part of the URLs.
pub(crate) fn hint(called: &TargetUrl, htu: &TargetUrl) -> &'static str {
    match called.difference(htu) {
        None => "the URLs are the same",
        Some(UrlPart::Scheme) => scheme_hint(htu),
        Some(UrlPart::Host) => host_hint(&called.host, &htu.host),
        Some(UrlPart::Port) => {
            "the port differs: if a proxy listens on another port than this server, set public_url, or \
             trusted_proxies if the proxy sends the port in X-Forwarded-Host"
        }
        Some(UrlPart::Path) => path_hint(&called.path, &htu.path),
    }
}

fn scheme_hint(htu: &TargetUrl) -> &'static str {
    match htu.scheme {
        Scheme::Https => {
            "the client signed https and this server saw http: if TLS ends at a proxy, set public_url, or \
             trusted_proxies if the proxy sends X-Forwarded-Proto; if TLS ends at this server, give its requests \
             ListenerScheme::Https"
        }
        Scheme::Http => {
            "the client signed http and the API is called with https: the client should sign the URL that it calls; \
             check the scheme of public_url"
        }
    }
}

fn host_hint(called: &str, htu: &str) -> &'static str {
    if called.trim_end_matches('.') == htu.trim_end_matches('.') {
        "the host differs by a trailing dot: the client should sign exactly the host that it calls"
    } else {
        "the host differs: if a proxy changes the Host header, set public_url, or trusted_proxies if the proxy sends \
         X-Forwarded-Host"
    }
}

fn path_hint(called: &Path, htu: &Path) -> &'static str {
    let is_encoding = || called.decoded() == htu.decoded();
    let (called, htu) = (called.as_str(), htu.as_str());
    if without_slashes(called) == without_slashes(htu) {
        "the path differs by slashes: the client should sign exactly the path that it calls; if a middleware such as \
         NormalizePath rewrites the path before the check, put KeepReceivedUri outside of it (see the guide on proxies)"
    } else if called.eq_ignore_ascii_case(htu) {
        "the path differs by upper and lower case: the client should sign exactly the path that it calls"
    } else if called.replace("%2F", "/") == htu.replace("%2F", "/") {
        "the path differs by encoded slashes: the client or a proxy decodes or encodes %2F, and both should keep the \
         path unchanged"
    } else if is_encoding() {
        "the path differs by percent-encoding, such as %40 and @: the client should sign exactly the path that it calls, \
         and a proxy should keep the path unchanged"
    } else if htu.ends_with(called) {
        "the signed path has a prefix that this server did not see: if a proxy or router strips it, set public_url \
         with that path, or trusted_proxies if the proxy sends X-Forwarded-Prefix; axum's nest strips a prefix: use \
         the original URI"
    } else if called.ends_with(htu) {
        "the called path has a prefix that the client did not sign: set public_url with a path, or let the proxy \
         send X-Forwarded-Prefix, only if the proxy strips that prefix"
    } else {
        "the path differs: the client signed the URL of one resource and called another resource"
    }
}

/// The path without slashes: those of two paths that differ only where slashes are doubled, or at the end, are equal.
fn without_slashes(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{TargetUrl, UrlPart, hint};

    #[test]
    fn hint_names_the_part_that_differs_and_the_setting() {
        for (called, htu, part, words) in [
            ("http://api.a/r", "https://api.a/r", UrlPart::Scheme, "X-Forwarded-Proto"),
            ("http://10.0.0.1:8080/r", "https://api.a/r", UrlPart::Scheme, "public_url"),
            ("https://api.a/r", "http://api.a/r", UrlPart::Scheme, "the client signed http "),
            ("https://api.internal/r", "https://api.a/r", UrlPart::Host, "X-Forwarded-Host"),
            ("https://api.a/r", "https://api.a./r", UrlPart::Host, "a trailing dot"),
            ("https://api.a:8443/r", "https://api.a/r", UrlPart::Port, "another port"),
            ("https://api.a/r", "https://api.a/r/", UrlPart::Path, "differs by slashes"),
            ("https://api.a/r", "https://api.a/R", UrlPart::Path, "upper and lower case"),
            ("https://api.a/a/b", "https://api.a/a%2Fb", UrlPart::Path, "%2F"),
            ("https://api.a/u/%40ada", "https://api.a/u/@ada", UrlPart::Path, "%40 and @"),
            ("https://api.a/a:b", "https://api.a/a%3ab", UrlPart::Path, "percent-encoding"),
            ("https://api.a/r", "https://api.a/v1/r", UrlPart::Path, "X-Forwarded-Prefix; axum's nest"),
            ("https://api.a/v1/r", "https://api.a/r", UrlPart::Path, "only if the proxy strips"),
            ("https://api.a/r", "https://api.a/s", UrlPart::Path, "another resource"),
        ] {
            let (called, htu) = (TargetUrl::parse(called).unwrap(), TargetUrl::parse(htu).unwrap());
            assert_eq!(called.difference(&htu), Some(part), "{htu}");
            assert!(hint(&called, &htu).contains(words), "{htu}: {}", hint(&called, &htu));
        }
    }

    #[test]
    fn equal_urls_have_no_difference() {
        let url = TargetUrl::parse("https://api.a/r").unwrap();
        assert_eq!(url.difference(&TargetUrl::parse("https://API.a:443/r?x").unwrap()), None);
        assert_eq!(hint(&url, &url), "the URLs are the same");
    }

    #[test]
    fn a_part_has_a_name() {
        let names = [UrlPart::Scheme, UrlPart::Host, UrlPart::Port, UrlPart::Path].map(|part| part.to_string());
        assert_eq!(names, ["scheme", "host", "port", "path"]);
    }
}
