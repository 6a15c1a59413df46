//! The pages that may call this API: the origins that its CORS layer allows.

use std::str::FromStr;

/// Origins whose pages may read the API's responses.
///
/// The API identifies callers by the `Authorization` header, never by a cookie. So a page of a foreign origin can do no
/// more than any other program: it needs a token of its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CorsOrigins {
    Any,
    /// Pages of this machine, on any port.
    Local,
    None,
    These(Vec<String>),
}

impl CorsOrigins {
    pub(crate) fn allow(&self, origin: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Local => std::str::from_utf8(origin).is_ok_and(is_local),
            Self::None => false,
            Self::These(origins) => origins.iter().any(|known| known.as_bytes() == origin),
        }
    }
}

impl FromStr for CorsOrigins {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "any" => return Ok(Self::Any),
            "local" => return Ok(Self::Local),
            "none" => return Ok(Self::None),
            _ => {}
        }
        let origins: Vec<_> = text.split(',').map(|origin| origin.trim().to_owned()).collect();
        match origins.iter().find(|origin| !is_origin(origin)) {
            // A browser sends an origin without a path and without a slash at the end.
            Some(origin) => Err(format!("{origin:?} is not an origin, such as https://app.example.com")),
            None => Ok(Self::These(origins)),
        }
    }
}

fn is_origin(text: &str) -> bool {
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    authority.is_some_and(|authority| {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._:[]".contains(c);
        !authority.is_empty() && authority.chars().all(is_plain)
    })
}

/// Returns whether an origin is on this machine. `http://localhost.example.com` is not.
pub(crate) fn is_local(origin: &str) -> bool {
    LOCAL.iter().any(|local| origin.strip_prefix(local).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
}

const LOCAL: [&str; 6] =
    ["http://127.0.0.1", "http://localhost", "http://[::1]", "https://127.0.0.1", "https://localhost", "https://[::1]"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_allowed_as_configured() {
        for (configured, origin, allowed) in [
            ("any", "https://app.example.com", true),
            ("none", "https://app.example.com", false),
            ("local", "http://localhost:5173", true),
            ("local", "http://127.0.0.1", true),
            ("local", "https://[::1]:8443", true),
            ("local", "http://localhost.example.com", false),
            ("local", "null", false),
            ("https://app.example.com, http://localhost:5173", "http://localhost:5173", true),
            ("https://app.example.com", "https://app.example.com.evil.example", false),
            ("https://app.example.com", "http://app.example.com", false),
        ] {
            let origins: CorsOrigins = configured.parse().unwrap_or(CorsOrigins::None);
            assert_eq!(origins.allow(origin.as_bytes()), allowed, "{configured} {origin}");
        }
    }

    #[test]
    fn a_text_that_no_browser_sends_is_rejected() {
        for text in ["", "*", "app.example.com", "https://app.example.com/", "https://App.example.com", "https://a,"] {
            assert!(text.parse::<CorsOrigins>().is_err(), "{text}");
        }
    }
}
