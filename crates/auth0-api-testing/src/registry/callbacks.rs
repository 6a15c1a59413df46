//! The redirect URIs of a client.

/// The redirect URIs that a client may use.
#[derive(Clone, Debug, Default)]
pub(crate) enum Callbacks {
    /// Any `http` URL of this machine.
    #[default]
    AnyLoopback,
    /// These URLs, with any port in a URL of this machine
    /// ([RFC 8252 §7.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3)): a native application cannot choose the port
    /// before it starts.
    AnyPort(Vec<String>),
    /// These URLs. RFC 6749 §3.1.2.3: the tenant compares them as text.
    Exact(Vec<String>),
}

impl Callbacks {
    /// Returns whether the tenant may redirect to this URL.
    pub(crate) fn allow(&self, url: &str) -> bool {
        match self {
            Self::AnyLoopback => is_loopback(url),
            Self::AnyPort(known) => known.iter().any(|known| is_same_but_port(known, url)),
            Self::Exact(known) => known.iter().any(|known| known == url),
        }
    }
}

/// Returns whether a URL is an `http` URL of this machine, with any port, path, query and fragment.
pub(crate) fn is_loopback(url: &str) -> bool {
    without_loopback_port(url).is_some()
}

fn is_same_but_port(known: &str, url: &str) -> bool {
    let same_place = || Some(without_loopback_port(known)? == without_loopback_port(url)?);
    known == url || same_place().unwrap_or(false)
}

/// Splits a URL of this machine into its scheme with its host, and what follows the port. `None` for other URLs.
///
/// Only digits may follow the colon. [RFC 3986 §3.2.1](https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1): in
/// `http://localhost:1@example.com/`, `localhost:1` is a user name with a password, and the host is `example.com`.
fn without_loopback_port(url: &str) -> Option<(&str, &str)> {
    let (origin, rest) = LOOPBACK.iter().find_map(|origin| Some((*origin, url.strip_prefix(origin)?)))?;
    let rest = match rest.strip_prefix(':') {
        Some(port) => {
            let after = port.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = port.len() - after.len();
            (1..=MOST_DIGITS).contains(&digits).then_some(after)?
        }
        None => rest,
    };
    (rest.is_empty() || rest.starts_with(['/', '?', '#'])).then_some((origin, rest))
}

/// The origins that programs under development usually have, on any port.
const LOOPBACK: [&str; 3] = ["http://127.0.0.1", "http://localhost", "http://[::1]"];

/// The digits of the largest port.
const MOST_DIGITS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_registered_callbacks_only_loopback_urls_are_accepted() {
        for (url, accepted) in [
            ("http://127.0.0.1:5173/callback", true),
            ("http://localhost/", true),
            ("http://localhost", true),
            ("http://[::1]:80/", true),
            ("http://[::1]", true),
            ("http://localhost?a=b", true),
            ("http://localhost:5173", true),
            ("http://localhost:5173?a=b", true),
            ("http://localhost:5173#a", true),
            ("http://localhost:65535/#a", true),
            ("http://localhost.example.com/", false),
            ("http://localhost@example.com/", false),
            ("http://localhost:@example.com/", false),
            ("http://localhost:1@example.com/", false),
            ("http://localhost:1:2@example.com/", false),
            ("http://127.0.0.1:x@example.com/", false),
            ("http://[::1]:1@example.com/", false),
            ("http://localhost:1.example.com/", false),
            ("http://localhost:1\\@example.com/", false),
            ("http://localhost\\@example.com/", false),
            ("http://localhost:/", false),
            ("http://localhost:-1/", false),
            ("http://localhost:123456/", false),
            ("https://example.com/", false),
            ("", false),
        ] {
            assert_eq!(Callbacks::AnyLoopback.allow(url), accepted, "{url}");
        }
    }

    #[test]
    fn registered_callbacks_are_compared_exactly() {
        let callbacks = Callbacks::Exact(vec!["https://shop.example.com/back".into()]);
        assert!(callbacks.allow("https://shop.example.com/back"));
        assert!(!callbacks.allow("https://shop.example.com/back/"));
        assert!(!callbacks.allow("http://localhost/"));
    }

    #[test]
    fn only_the_port_of_this_machine_may_differ() {
        let known = ["http://127.0.0.1:33418/callback", "http://localhost/callback", "https://app.example.com/back"];
        let callbacks = Callbacks::AnyPort(known.map(str::to_owned).into());
        for (url, accepted) in [
            ("http://127.0.0.1:33418/callback", true),
            ("http://127.0.0.1:1/callback", true),
            ("http://127.0.0.1/callback", true),
            ("http://localhost:65535/callback", true),
            ("https://app.example.com/back", true),
            ("http://127.0.0.1:1/other", false),
            ("http://127.0.0.1:1/callback?a=b", false),
            ("http://[::1]:33418/callback", false),
            ("http://localhost:/callback", false),
            ("http://localhost:123456/callback", false),
            ("http://localhost:1@example.com/callback", false),
            ("http://localhost.example.com/callback", false),
            ("https://app.example.com:444/back", false),
            ("https://localhost/callback", false),
        ] {
            assert_eq!(callbacks.allow(url), accepted, "{url}");
        }
    }
}
