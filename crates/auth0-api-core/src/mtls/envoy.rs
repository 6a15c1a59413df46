//! `X-Forwarded-Client-Cert`, as [Envoy writes
//! it](https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert).
//! The header is a list. Each proxy appends an element of `key=value` pairs that describe the proxy's own client.

use super::CertificateError;
use super::header::{MAX_HEADER, escaped_pem, hex_pair};
use crate::called_url::{TrustedProxies, split_unquoted};
use crate::certificate::{CertificateThumbprint, ClientCertificate};
use crate::request::TokenRequest;

/// Returns the certificate in the element of the outermost trusted proxy, which is the proxy that the client connected
/// to.
pub(super) fn presented(
    request: &TokenRequest<'_>,
    proxies: &TrustedProxies,
) -> Result<Option<ClientCertificate>, CertificateError> {
    let element = proxies.outermost_entry(request, HEADER, MAX_HEADER).map_err(CertificateError::Entries)?;
    element.filter(|element| !element.is_empty()).map_or(Ok(None), certificate)
}

/// Reads the certificate of one element. `Hash` is the SHA-256 digest of the certificate's DER encoding in hexadecimal.
/// `Cert` is the certificate as percent-encoded PEM. An element with neither means that the client had no certificate.
fn certificate(element: &str) -> Result<Option<ClientCertificate>, CertificateError> {
    let (mut hash, mut cert) = (None, None);
    for pair in split_unquoted(element, ';').ok_or(MALFORMED)?.into_iter().filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or(MALFORMED)?;
        let known = match key.to_ascii_lowercase().as_str() {
            "hash" => &mut hash,
            "cert" => &mut cert,
            _ => continue,
        };
        if known.replace(unquoted(value)).is_some() {
            return Err(MALFORMED);
        }
    }
    let hash = hash.map(|hash| digest(hash).ok_or(MALFORMED)).transpose()?;
    let hash = hash.map(ClientCertificate::with_thumbprint);
    let cert = cert.map_or(Ok(None), escaped_pem)?;
    // One proxy wrote both values, so both must describe the same certificate.
    if hash.zip(cert).is_some_and(|(hash, cert)| hash != cert) { Err(MALFORMED) } else { Ok(hash.or(cert)) }
}

/// Removes the quotes around a value, if it has any. Escapes are not decoded: valid values of `Hash` and `Cert` contain
/// none, so a value with an escape is rejected later.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value)
}

fn digest(text: &str) -> Option<CertificateThumbprint> {
    let mut digest = [0; 32];
    if text.len() != 2 * digest.len() {
        return None;
    }
    let mut digits = text.bytes();
    for octet in &mut digest {
        *octet = hex_pair(digits.next()?, digits.next()?)?;
    }
    Some(CertificateThumbprint::from_bytes(digest))
}

const HEADER: &str = "x-forwarded-client-cert";
const MALFORMED: CertificateError = CertificateError::HeaderMalformed;

#[cfg(test)]
mod tests {
    #![expect(clippy::string_slice, reason = "a failing test may panic")]

    use std::net::IpAddr;

    use super::{CertificateError, TokenRequest, TrustedProxies, certificate, presented};
    use crate::called_url::TargetError;
    use crate::request::ReceivedTarget;

    const ONES: &str = "1111111111111111111111111111111111111111111111111111111111111111";
    const TWOS: &str = "2222222222222222222222222222222222222222222222222222222222222222";

    /// Returns the first two hexadecimal digits of the digest, or `none`.
    fn read(element: &str) -> Result<String, CertificateError> {
        let certificate = certificate(element)?;
        Ok(certificate.map_or("none".to_owned(), |found| format!("{:x}", found.thumbprint().as_bytes()[0])))
    }

    #[test]
    fn the_hash_of_an_element_is_read() {
        for (element, expected) in [
            (format!("Hash={ONES}"), "11"),
            (format!("hash={ONES};"), "11"),
            (format!("By=spiffe://a;Hash={TWOS};Subject=\"/C=US;CN=a,\\\"b\";URI=spiffe://b"), "22"),
            (format!("Hash=\"{}\"", "AB".repeat(32)), "ab"),
            ("By=spiffe://a;Subject=\"\"".to_owned(), "none"),
            ("URI=".to_owned(), "none"),
        ] {
            assert_eq!(read(&element).as_deref(), Ok(expected), "{element}");
        }
    }

    #[test]
    fn a_malformed_element_is_rejected() {
        for element in [
            "Hash".to_owned(),
            "Hash=".to_owned(),
            format!("Hash={}", &ONES[1..]),
            format!("Hash={ONES}1"),
            format!("Hash={}g", &ONES[1..]),
            format!("Hash={ONES};Hash={ONES}"),
            format!("Hash={ONES};Cert=\"no certificate\""),
            format!("Hash={ONES};Subject=\"open"),
        ] {
            assert_eq!(read(&element), Err(CertificateError::HeaderMalformed), "{element}");
        }
    }

    #[test]
    fn cert_must_match_hash() {
        let cert = "-----BEGIN%20CERTIFICATE-----%0AMAMCAQU%3D%0A-----END%20CERTIFICATE-----%0A";
        let hash = "417c7763c4e320a6b747b3cb0c6d22f93741b29a32b48594b8eb4c144fe6d729";
        for element in [format!("Cert=\"{cert}\""), format!("Hash={hash};Cert=\"{cert}\"")] {
            assert_eq!(read(&element).as_deref(), Ok("41"), "{element}");
        }
        assert_eq!(read(&format!("Hash={ONES};Cert=\"{cert}\"")), Err(CertificateError::HeaderMalformed));
    }

    #[test]
    fn the_element_of_the_outermost_trusted_proxy_is_read() {
        let networks = || TrustedProxies::networks(["10.0.0.0/8"]).map_err(|_| ());
        let both = format!("Hash={ONES},Hash={TWOS}");
        let short = |hops| {
            Err(CertificateError::Entries(TargetError::ForwardedTooShort {
                header: "x-forwarded-client-cert",
                entries: 1,
                hops,
            }))
        };
        for (proxies, peer, list, senders, expected) in [
            (Ok(TrustedProxies::hops(1)), "192.0.2.9", both.as_str(), "", Ok(Some("22"))),
            (Ok(TrustedProxies::hops(2)), "192.0.2.9", &both, "", Ok(Some("11"))),
            (Ok(TrustedProxies::hops(2)), "192.0.2.9", "Hash=1", "", short(2)),
            (networks(), "10.0.0.1", &both, "192.0.2.1", Ok(Some("22"))),
            (networks(), "10.0.0.1", &both, "192.0.2.1, 10.0.0.2", Ok(Some("11"))),
            (networks(), "10.0.0.1", "Hash=1", "192.0.2.1, 10.0.0.2", short(2)),
            (networks(), "192.0.2.1", &both, "192.0.2.1, 10.0.0.2", Ok(None)),
            (Ok(TrustedProxies::none()), "10.0.0.1", &both, "", Ok(None)),
        ] {
            let headers = [("x-forwarded-client-cert", list), ("x-forwarded-for", senders)];
            let headers = if senders.is_empty() { &headers[..1] } else { &headers };
            let headers = headers.to_vec();
            let peer = peer.parse::<IpAddr>().ok();
            let target = ReceivedTarget { scheme: "http", authority: None, target: "/", peer };
            let found =
                presented(&TokenRequest::received("GET", target, &headers), &proxies.unwrap_or(TrustedProxies::none()));
            let found = found.map(|found| found.map(|found| format!("{:x}", found.thumbprint().as_bytes()[0])));
            assert_eq!(found.as_ref().map(Option::as_deref), expected.as_ref().map(|found| *found), "{list} {senders}");
        }
    }
}
