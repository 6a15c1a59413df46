//! The pages that may call an API.

use std::fmt;
use std::str::FromStr;

use crate::printable::shown;

/// The origins of the pages that may read the responses of an API: for the CORS layer of the application.
///
/// An API identifies callers by the `Authorization` header, never by a cookie. So a page of a foreign origin can do no more
/// than any other program: it needs a token of its own. See [browsers](crate::guide::browsers#cors).
///
/// As text, for example in an environment variable, the value is `any`, `local`, `none`, or origins that are separated by
/// commas:
///
/// ```
/// use auth0_api_core::CorsOrigins;
///
/// let origins: CorsOrigins = "https://app.example.com, http://localhost:5173".parse()?;
/// assert!(origins.allow(b"http://localhost:5173"));
/// assert!(!origins.allow(b"https://app.example.com.evil.example"));
/// assert!("https://app.example.com/".parse::<CorsOrigins>().is_err());
/// # Ok::<(), auth0_api_core::CorsOriginsError>(())
/// ```
#[doc(alias = "cors")]
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct CorsOrigins(Allowed);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Allowed {
    Any,
    Local,
    None,
    These(Vec<Box<str>>),
}

/// A text is not an origin: a scheme, a host in lower case, and perhaps a port, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{origin:?} is not an origin, such as https://app.example.com")]
pub struct CorsOriginsError {
    origin: Box<str>,
}

impl CorsOrigins {
    /// Allows the pages of every origin.
    pub const fn any() -> Self {
        Self(Allowed::Any)
    }

    /// Allows the pages of this machine, on any port.
    pub const fn local() -> Self {
        Self(Allowed::Local)
    }

    /// Allows no page.
    pub const fn none() -> Self {
        Self(Allowed::None)
    }

    /// Allows the pages of these origins.
    ///
    /// # Errors
    ///
    /// An entry is not an origin, or the list is empty.
    pub fn these<O: Into<Box<str>>>(origins: impl IntoIterator<Item = O>) -> Result<Self, CorsOriginsError> {
        let origins: Vec<Box<str>> = origins.into_iter().map(Into::into).collect();
        // A browser sends an origin without a path and without a slash at the end.
        match origins.iter().find(|origin| !is_origin(origin)) {
            Some(origin) => Err(CorsOriginsError { origin: shown(origin) }),
            None if origins.is_empty() => Err(CorsOriginsError { origin: Box::default() }),
            None => Ok(Self(Allowed::These(origins))),
        }
    }

    /// Whether a page of this origin may read responses. `origin` is the value of the request's header `Origin`.
    pub fn allow(&self, origin: &[u8]) -> bool {
        match &self.0 {
            Allowed::Any => true,
            Allowed::Local => std::str::from_utf8(origin).is_ok_and(is_local),
            Allowed::None => false,
            Allowed::These(origins) => origins.iter().any(|known| known.as_bytes() == origin),
        }
    }
}

impl FromStr for CorsOrigins {
    type Err = CorsOriginsError;

    fn from_str(text: &str) -> Result<Self, CorsOriginsError> {
        match text.trim() {
            "any" => Ok(Self::any()),
            "local" => Ok(Self::local()),
            "none" => Ok(Self::none()),
            text => Self::these(text.split(',').map(str::trim)),
        }
    }
}

impl fmt::Display for CorsOrigins {
    /// Writes what `FromStr` reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Allowed::Any => f.write_str("any"),
            Allowed::Local => f.write_str("local"),
            Allowed::None => f.write_str("none"),
            Allowed::These(origins) => f.write_str(&origins.join(", ")),
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
fn is_local(origin: &str) -> bool {
    LOCAL.iter().any(|local| origin.strip_prefix(local).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
}

/// Returns whether the tenant runs on this machine. A domain without a scheme stands for an `https` URL.
pub(super) fn is_local_tenant(domain: &str) -> bool {
    let url = if domain.contains("://") { domain.to_owned() } else { format!("https://{domain}") };
    is_local(url.trim_end_matches('/'))
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
            let origins: CorsOrigins = configured.parse().unwrap_or(CorsOrigins::none());
            assert_eq!(origins.to_string(), configured);
            assert_eq!(origins.allow(origin.as_bytes()), allowed, "{configured} {origin}");
        }
    }

    #[test]
    fn a_text_that_no_browser_sends_is_rejected() {
        for text in ["", "*", "app.example.com", "https://app.example.com/", "https://App.example.com", "https://a,"] {
            assert!(text.parse::<CorsOrigins>().is_err(), "{text}");
        }
        assert!(CorsOrigins::these([""; 0]).is_err());
    }

    #[test]
    fn a_tenant_of_this_machine_is_recognised_with_and_without_tls() {
        for (domain, local) in [
            ("http://127.0.0.1:4711", true),
            ("https://localhost:4711/", true),
            ("localhost:4711", true),
            ("tenant.eu.auth0.com", false),
            ("localhost.example.com", false),
        ] {
            assert_eq!(is_local_tenant(domain), local, "{domain}");
        }
    }
}
