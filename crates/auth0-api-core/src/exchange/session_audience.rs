//! The audience of session transfer: `urn:{domain}:session_transfer`.

/// Whether this audience is that of session transfer, at any domain.
pub(super) fn is_audience(audience: &str) -> bool {
    let audience = audience.trim().to_ascii_lowercase();
    audience.starts_with("urn:") && audience.ends_with(SUFFIX)
}

/// The audience of session transfer at the domain with this issuer.
pub(super) fn audience(issuer: &str) -> String {
    let host = issuer.split_once("://").map_or(issuer, |(_, host)| host).trim_end_matches('/');
    format!("urn:{host}{SUFFIX}")
}

const SUFFIX: &str = ":session_transfer";

#[cfg(test)]
mod tests {
    use super::{audience, is_audience};

    #[test]
    fn the_audience_is_made_from_the_domain_as_called() {
        for (issuer, expected) in [
            ("https://tenant.eu.auth0.com/", "urn:tenant.eu.auth0.com:session_transfer"),
            ("https://login.example.com/", "urn:login.example.com:session_transfer"),
            ("http://127.0.0.1:4711/", "urn:127.0.0.1:4711:session_transfer"),
        ] {
            assert_eq!(audience(issuer), expected);
            assert!(is_audience(expected));
        }
        assert!(is_audience("URN:tenant.example:SESSION_TRANSFER"));
        for other in ["https://api.example.com", "urn:acme:session_transfer:api", "https://x/:session_transfer", ""] {
            assert!(!is_audience(other), "{other}");
        }
    }
}
