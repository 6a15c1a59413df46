//! The discovery document
//! ([OpenID Connect Discovery §4](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig)).

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::jwks_host::JwksHost;
use super::{DiscoveryError, DocumentProblem, Domain};
use crate::called_url::TargetUrl;

/// The members of the document that this crate reads. A member is parsed only when it is needed, so a malformed one that
/// is not needed does no harm.
#[derive(Debug, Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    issuer: Option<&'a RawValue>,
    #[serde(borrow)]
    jwks_uri: Option<&'a RawValue>,
    #[serde(borrow)]
    token_endpoint: Option<&'a RawValue>,
    #[serde(borrow)]
    mtls_endpoint_aliases: Option<&'a RawValue>,
}

/// The endpoints for clients that authenticate with a certificate
/// ([RFC 8705 §5](https://www.rfc-editor.org/rfc/rfc8705#section-5)).
#[derive(Debug, Deserialize)]
struct Aliases<'a> {
    #[serde(borrow)]
    token_endpoint: Option<&'a RawValue>,
}

/// The kind of clients whose token endpoint is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenEndpointOf {
    /// Clients that authenticate without a certificate.
    Everybody,
    /// Clients that authenticate with their certificate.
    MutualTls,
}

/// Returns the URL of an issuer's discovery document.
pub(super) fn url(domain: &Domain) -> String {
    format!("{}.well-known/openid-configuration", domain.issuer())
}

/// Parses the document and returns the URL of the key set.
pub(super) fn jwks_uri(body: &[u8], domain: &Domain, other_hosts: &[JwksHost]) -> Result<String, DiscoveryError> {
    let document = read(body, domain)?;
    let uri = string(document.jwks_uri).ok_or(DiscoveryError::JwksUri)?;
    let (target, own) = (TargetUrl::parse(&uri).map_err(|_| DiscoveryError::JwksUri)?, domain.url());
    // The URL must have the issuer's scheme. Its host and port must be the issuer's or those of an allowed host.
    // Without this check, a document could make this client send requests to any host.
    let is_own = target.host() == own.host() && target.port() == own.port();
    let is_allowed = is_own || other_hosts.iter().any(|host| host.serves(&target));
    if target.has_scheme_of(own) && is_allowed { Ok(uri.into_owned()) } else { Err(DiscoveryError::JwksUri) }
}

/// Parses the document and returns the URL of the token endpoint. The URL must have the issuer's scheme, host and port.
/// The endpoint for clients with a certificate may be on a subdomain of that host (RFC 8705 §5).
pub(crate) fn token_endpoint(body: &[u8], domain: &Domain, clients: TokenEndpointOf) -> Result<String, DiscoveryError> {
    let document = read(body, domain)?;
    let aliases = document.mtls_endpoint_aliases.filter(|_| clients == TokenEndpointOf::MutualTls);
    let aliases = aliases.and_then(|aliases| serde_json::from_str::<Aliases<'_>>(aliases.get()).ok());
    let alias = string(aliases.and_then(|aliases| aliases.token_endpoint));
    let may_be_below = alias.is_some();
    let url = alias.or_else(|| string(document.token_endpoint)).ok_or(DiscoveryError::TokenEndpoint)?;
    let (target, own) = (TargetUrl::parse(&url).map_err(|_| DiscoveryError::TokenEndpoint)?, domain.url());
    let is_below = target.host().strip_suffix(own.host()).is_some_and(|label| label.ends_with('.'));
    let is_own = target.host() == own.host() || (may_be_below && is_below);
    let allowed = is_own && target.port() == own.port() && target.has_scheme_of(own);
    if allowed { Ok(url.into_owned()) } else { Err(DiscoveryError::TokenEndpoint) }
}

fn read<'a>(body: &'a [u8], domain: &Domain) -> Result<Document<'a>, DiscoveryError> {
    let document = parse(body).map_err(DiscoveryError::Document)?;
    let problem = DiscoveryError::Document(DocumentProblem::Member { name: "issuer" });
    let issuer = string(document.issuer).ok_or(problem)?;
    // OpenID Connect Discovery §4.3: `issuer` must be exactly the issuer whose document was requested.
    if issuer == domain.issuer() {
        return Ok(document);
    }
    let found = issuer.chars().take(SHOWN_OF_ISSUER).collect();
    Err(DiscoveryError::Issuer { expected: domain.shared_issuer(), found })
}

fn parse(body: &[u8]) -> Result<Document<'_>, DocumentProblem> {
    if body.starts_with(GZIP) {
        return Err(DocumentProblem::Compressed);
    }
    if body.starts_with(BYTE_ORDER_MARK) {
        return Err(DocumentProblem::ByteOrderMark);
    }
    // RFC 8259 §8.1: JSON is UTF-8. `from_slice` checks only the strings that are read, so the whole text is checked.
    let text = str::from_utf8(body).map_err(|_| DocumentProblem::NotUtf8)?;
    // `serde` would also read the members from an array.
    if text.trim_ascii_start().starts_with('[') {
        return Err(DocumentProblem::NotAnObject { line: 1, column: 1 });
    }
    serde_json::from_str(text)
        .map_err(|error| DocumentProblem::NotAnObject { line: error.line(), column: error.column() })
}

/// Reads a member that is a string. `None` if it is absent or of another type.
fn string(member: Option<&RawValue>) -> Option<Cow<'_, str>> {
    serde_json::from_str(member?.get()).ok().map(|Text(text)| text)
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The first octets of gzip ([RFC 1952 §2.3.1](https://www.rfc-editor.org/rfc/rfc1952#section-2.3)).
const GZIP: &[u8] = &[0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = &[0xef, 0xbb, 0xbf];
/// In characters.
const SHOWN_OF_ISSUER: usize = 200;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::issuer::domain::Loopback;

    #[test]
    fn members_that_are_not_needed_may_be_odd() {
        let domain = Domain::parse("tenant.eu.auth0.com", Loopback::HttpsOnly).unwrap();
        let own = "https://tenant.eu.auth0.com";
        let keys = format!(r#""issuer":"{own}/","jwks_uri":"{own}/keys""#);
        for odd in [r#""token_endpoint":5"#, r#""mtls_endpoint_aliases":[]"#, r#""mtls_endpoint_aliases":null"#] {
            let document = format!("{{{keys},{odd}}}");
            assert_eq!(jwks_uri(document.as_bytes(), &domain, &[]).unwrap(), format!("{own}/keys"), "{odd}");
        }
        for odd in
            [r#""jwks_uri":5"#, r#""mtls_endpoint_aliases":[]"#, r#""mtls_endpoint_aliases":{"token_endpoint":5}"#]
        {
            let document = format!(r#"{{"issuer":"{own}/","token_endpoint":"{own}/token",{odd}}}"#);
            let found = token_endpoint(document.as_bytes(), &domain, TokenEndpointOf::MutualTls);
            assert_eq!(found.unwrap(), format!("{own}/token"), "{odd}");
        }
    }

    #[test]
    fn the_error_says_what_is_wrong_with_the_document() {
        let domain = Domain::parse("tenant.eu.auth0.com", Loopback::HttpsOnly).unwrap();
        let shown = |body: &[u8]| jwks_uri(body, &domain, &[]).unwrap_err().to_string();
        let malformed = "the discovery document is malformed: it";
        for (body, text) in [
            (&b"\x1f\x8b\x08"[..], " is compressed, although no compression was requested"),
            (b"\xef\xbb\xbf{}", " begins with a byte order mark"),
            (b"\xc0", " is not UTF-8"),
            (b" [1]", " is not a JSON object (line 1, column 1)"),
            (b"<html>", " is not a JSON object (line 1, column 1)"),
            (b"{}", "s issuer is missing or not a string"),
            (br#"{"issuer":["https://tenant.eu.auth0.com/"]}"#, "s issuer is missing or not a string"),
        ] {
            assert_eq!(shown(body), format!("{malformed}{text}"));
        }
        assert_eq!(
            shown(br#"{"issuer":"https://tenant.eu.auth0.com"}"#),
            "the discovery document names the issuer \"https://tenant.eu.auth0.com\", and \
             \"https://tenant.eu.auth0.com/\" is configured"
        );
    }

    #[test]
    fn a_document_with_octets_that_are_not_utf8_is_rejected() {
        let domain = Domain::parse("tenant.eu.auth0.com", Loopback::HttpsOnly).unwrap();
        let document = |octets: &[u8]| {
            let before = br#"{"issuer":"https://tenant.eu.auth0.com/","x":""#;
            let after = br#"","jwks_uri":"https://tenant.eu.auth0.com/keys","token_endpoint":"https://tenant.eu.auth0.com/token"}"#;
            [before, octets, after].concat()
        };
        assert!(jwks_uri(&document("é".as_bytes()), &domain, &[]).is_ok());
        for octets in [&b"\xc0"[..], b"\xff", b"\xed\xa0\x80"] {
            let rejected = jwks_uri(&document(octets), &domain, &[]);
            assert!(matches!(rejected, Err(DiscoveryError::Document(DocumentProblem::NotUtf8))), "{rejected:?}");
            let rejected = token_endpoint(&document(octets), &domain, TokenEndpointOf::Everybody);
            assert!(matches!(rejected, Err(DiscoveryError::Document(DocumentProblem::NotUtf8))), "{rejected:?}");
        }
    }

    #[test]
    fn an_endpoint_of_another_scheme_is_rejected() {
        let domain = Domain::parse("tenant.eu.auth0.com", Loopback::HttpsOnly).unwrap();
        let document = |scheme: &str| {
            let (own, other) = (format!("{scheme}://tenant.eu.auth0.com:443"), format!("{scheme}://keys.example.com"));
            let document = |keys: &str| {
                format!(
                    r#"{{"issuer":"https://tenant.eu.auth0.com/","jwks_uri":"{keys}/a","token_endpoint":"{own}/b"}}"#
                )
            };
            (document(&own), document(&other))
        };
        let hosts = [JwksHost::parse("keys.example.com").unwrap()];
        let (own, other) = document("https");
        assert_eq!(jwks_uri(own.as_bytes(), &domain, &[]).unwrap(), "https://tenant.eu.auth0.com:443/a");
        assert_eq!(jwks_uri(other.as_bytes(), &domain, &hosts).unwrap(), "https://keys.example.com/a");
        assert!(token_endpoint(own.as_bytes(), &domain, TokenEndpointOf::Everybody).is_ok());
        let (own, other) = document("http");
        for (document, hosts) in [(&own, &[][..]), (&other, &hosts)] {
            let rejected = jwks_uri(document.as_bytes(), &domain, hosts);
            assert!(matches!(rejected, Err(DiscoveryError::JwksUri)), "{rejected:?}");
        }
        let rejected = token_endpoint(own.as_bytes(), &domain, TokenEndpointOf::Everybody);
        assert!(matches!(rejected, Err(DiscoveryError::TokenEndpoint)), "{rejected:?}");
    }
}
