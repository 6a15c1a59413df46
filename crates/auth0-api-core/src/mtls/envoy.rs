//! `X-Forwarded-Client-Cert`, as [Envoy writes
//! it](https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers#x-forwarded-client-cert).
//! The header is a list of elements of `key=value` pairs. Each element describes a certificate that a proxy received.

use super::CertificateError;
use super::header::{escaped_pem, hex_pair};
use crate::called_url::{Unclosed, split_unquoted};
use crate::certificate::{CertificateThumbprint, ClientCertificate};

/// Returns the certificate in the first element, which describes the client. The later elements describe proxies.
///
/// Envoy writes `URI` and `DNS` without quotes, so the client's certificate can contain the text of a further element.
/// The number of elements therefore has to be exactly the expected number. A position counted from the right would be
/// under the client's control. In the first element, Envoy writes `Hash` before any text of the client's certificate.
pub(super) fn forwarded_client_cert(
    list: &str,
    expected: usize,
) -> Result<Option<ClientCertificate>, CertificateError> {
    let (mut first, mut elements) = (None, 0);
    for element in split_unquoted(list, b',') {
        first = first.or(Some(element.map_err(|Unclosed| MALFORMED)?));
        elements += 1;
        if elements > MOST_PARTS {
            return Err(MALFORMED);
        }
    }
    match first {
        Some(first) if elements == expected => certificate(first),
        _ => Err(CertificateError::HeaderElements { elements, expected }),
    }
}

/// Reads the certificate of one element. `Hash` is the SHA-256 digest of the certificate's DER encoding in hexadecimal.
/// `Cert` is the certificate as percent-encoded PEM. An element with neither means that the client had no certificate.
fn certificate(element: &str) -> Result<Option<ClientCertificate>, CertificateError> {
    let (mut hash, mut cert) = (None, None);
    for (number, pair) in split_unquoted(element, b';').enumerate() {
        let pair = pair.map_err(|Unclosed| MALFORMED)?;
        if number >= MOST_PARTS {
            return Err(MALFORMED);
        }
        if pair.is_empty() {
            continue;
        }
        let (key, value) = pair.split_once('=').ok_or(MALFORMED)?;
        let known = if key.eq_ignore_ascii_case("hash") {
            &mut hash
        } else if key.eq_ignore_ascii_case("cert") {
            &mut cert
        } else {
            continue;
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

/// An element has a pair for each name in the certificate, which has a hundred at most. A header of 16 KiB would have
/// room for many thousands of empty elements or pairs.
const MOST_PARTS: usize = 1000;
const MALFORMED: CertificateError = CertificateError::HeaderMalformed;

#[cfg(test)]
mod tests {
    #![expect(clippy::string_slice, reason = "a failing test may panic")]

    use super::{CertificateError, ClientCertificate, certificate, forwarded_client_cert};

    const ONES: &str = "1111111111111111111111111111111111111111111111111111111111111111";
    const TWOS: &str = "2222222222222222222222222222222222222222222222222222222222222222";

    /// Returns the first two hexadecimal digits of the digest, or `none`.
    fn read(element: &str) -> Result<String, CertificateError> {
        certificate(element).map(digits)
    }

    fn digits(certificate: Option<ClientCertificate>) -> String {
        certificate.map_or("none".to_owned(), |found| format!("{:x}", found.thumbprint().as_bytes()[0]))
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
    fn the_list_has_exactly_the_expected_number_of_elements() {
        let wrong = |elements, expected| Err(CertificateError::HeaderElements { elements, expected });
        for (list, expected, found) in [
            (format!("Hash={ONES}"), 1, Ok("11")),
            (format!("Hash={ONES};Subject=\"CN=a,O=b\""), 1, Ok("11")),
            (format!("Hash={ONES},Hash={TWOS}"), 2, Ok("11")),
            (format!("Hash={ONES}, Hash={TWOS} ,By=c"), 3, Ok("11")),
            (format!("By=a,Hash={TWOS}"), 2, Ok("none")),
            (format!("Hash={ONES},Hash={TWOS}"), 1, wrong(2, 1)),
            (format!("Hash={ONES},"), 1, wrong(2, 1)),
            (format!("Hash={ONES}"), 2, wrong(1, 2)),
            (format!("Hash={ONES},Hash={TWOS},By=c"), 2, wrong(3, 2)),
        ] {
            let read = forwarded_client_cert(&list, expected).map(digits);
            assert_eq!(read.as_deref(), found.as_ref().map(|found| *found), "{list}");
        }
    }

    #[test]
    fn a_list_has_at_most_1000_elements_and_an_element_1000_pairs() {
        let wrong = |elements, expected| Err(CertificateError::HeaderElements { elements, expected });
        assert_eq!(forwarded_client_cert(&",".repeat(999), 1), wrong(1000, 1));
        assert_eq!(forwarded_client_cert(&",".repeat(1000), 1), Err(CertificateError::HeaderMalformed));
        assert_eq!(read(&format!("Hash={ONES}{}", ";".repeat(999))).as_deref(), Ok("11"));
        assert_eq!(read(&format!("Hash={ONES}{}", ";".repeat(1000))), Err(CertificateError::HeaderMalformed));
    }

    #[test]
    fn text_of_the_clients_certificate_cannot_add_an_element() {
        let forged = format!("By=a;Hash={ONES};URI=spiffe://x,Hash={TWOS}");
        let wrong = |elements, expected| Err(CertificateError::HeaderElements { elements, expected });
        assert_eq!(forwarded_client_cert(&forged, 1).map(digits), wrong(2, 1));
        assert_eq!(forwarded_client_cert(&format!("{forged},By=b;Hash={TWOS}"), 2).map(digits), wrong(3, 2));
        // A quote in the client's text joins the elements after it. The first element is still the client's own.
        let quoted = format!("{forged};Subject=\",By=b;Hash={TWOS};Subject=\"CN=sidecar\"");
        assert_eq!(forwarded_client_cert(&quoted, 2), Err(CertificateError::HeaderMalformed));
        let joined = format!("{forged};Subject=\",By=b;Hash={TWOS};Subject=\"");
        assert_eq!(forwarded_client_cert(&joined, 2).map(digits).as_deref(), Ok("11"));
        assert_eq!(
            forwarded_client_cert(&format!("Hash={ONES};URI=x;Hash={TWOS}"), 1),
            Err(CertificateError::HeaderMalformed)
        );
    }
}
