//! Certificates in headers that contain only certificates: `Client-Cert`
//! ([RFC 9440](https://www.rfc-editor.org/rfc/rfc9440)), and percent-encoded PEM as nginx sends it.

use std::borrow::Cow;

use base64_simd::STANDARD;

use super::CertificateError;
use crate::certificate::ClientCertificate;
use crate::request::{Repeated, TokenRequest};

/// Returns the only value of a header. `None` if the header is absent or empty: some proxies send an empty header for a
/// client without a certificate.
pub(super) fn single<'r>(request: &TokenRequest<'r>, name: &str) -> Result<Option<&'r str>, CertificateError> {
    let value = request.single(name).map_err(|Repeated| CertificateError::HeaderRepeated)?;
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    if value.len() > MAX_HEADER {
        return Err(CertificateError::HeaderTooLong { length: value.len(), limit: MAX_HEADER });
    }
    str::from_utf8(value).map(Some).map_err(|_| CertificateError::HeaderMalformed)
}

/// RFC 9440 §2.1, RFC 8941 §3.3.5: base64 with padding, between colons. An empty byte sequence means that there is no
/// certificate.
pub(super) fn byte_sequence(value: &str) -> Result<Option<ClientCertificate>, CertificateError> {
    let text = value.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
    let der = text.and_then(|text| STANDARD.decode_to_vec(text).ok()).ok_or(CertificateError::HeaderMalformed)?;
    Ok((!der.is_empty()).then(|| ClientCertificate::from_der(&der)))
}

/// Reads percent-encoded PEM ([RFC 7468 §5](https://www.rfc-editor.org/rfc/rfc7468#section-5)). At least the line ends
/// must be encoded.
///
/// If there are several certificates, the first is the client's, as in TLS
/// ([RFC 8446 §4.4.2](https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2)).
pub(super) fn escaped_pem(value: &str) -> Result<Option<ClientCertificate>, CertificateError> {
    let der = percent_decoded(value).and_then(|pem| first_certificate(&pem));
    Ok(Some(ClientCertificate::from_der(&der.ok_or(CertificateError::HeaderMalformed)?)))
}

/// Returns the DER encoding of the first certificate. The text has the strict form of
/// [RFC 7468 §3](https://www.rfc-editor.org/rfc/rfc7468#section-3), as proxies write it: no text before or between the
/// certificates, and no white space but line ends, of which any number is accepted. The parsers of PEM that exist skip
/// such text, and take several times as long for a long header.
fn first_certificate(pem: &[u8]) -> Option<Vec<u8>> {
    let start = pem.iter().position(|octet| !is_line_end(*octet))?;
    let body = pem.get(start..)?.strip_prefix(BEGIN)?;
    let end = memchr::memmem::find(body, END)?;
    let (base64, rest) = (body.get(..end)?, body.get(end + END.len()..)?);
    let is_alone = |octet: Option<&u8>| octet.copied().is_some_and(is_line_end);
    if !is_alone(base64.first()) || !is_alone(base64.last()) || !is_strict(rest) {
        return None;
    }
    let mut joined = Vec::with_capacity(base64.len());
    base64.split(|octet| is_line_end(*octet)).for_each(|line| joined.extend_from_slice(line));
    STANDARD.decode_to_vec(joined).ok().filter(|der| !der.is_empty())
}

/// Whether each line is a boundary or base64 text.
fn is_strict(pem: &[u8]) -> bool {
    let is_base64 = |octet: &u8| matches!(octet, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=');
    pem.split(|octet| is_line_end(*octet))
        .all(|line| line.starts_with(b"-----") || line.iter().fold(true, |all, octet| all & is_base64(octet)))
}

fn is_line_end(octet: u8) -> bool {
    matches!(octet, b'\r' | b'\n')
}

/// RFC 3986 §2.1. A `+` stays a plus sign and does not become a space, because load balancers do not encode a plus
/// sign.
fn percent_decoded(text: &str) -> Option<Cow<'_, [u8]>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    let (mut octets, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some(percent) = memchr::memchr(b'%', rest) {
        octets.extend_from_slice(rest.get(..percent)?);
        rest = rest.get(percent..)?;
        // Triplets often stand side by side.
        while let [b'%', high, low, after @ ..] = rest {
            octets.push(hex_pair(*high, *low)?);
            rest = after;
        }
        if rest.first() == Some(&b'%') {
            return None;
        }
    }
    octets.extend_from_slice(rest);
    Some(Cow::Owned(octets))
}

/// Returns the octet that two hexadecimal digits encode.
pub(super) fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |octet: u8| match octet {
        b'0'..=b'9' => Some(octet - b'0'),
        b'a'..=b'f' => Some(octet - b'a' + 10),
        b'A'..=b'F' => Some(octet - b'A' + 10),
        _ => None,
    };
    Some(digit(high)? << 4 | digit(low)?)
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
const END: &[u8] = b"-----END CERTIFICATE-----";

/// The longest header that is read, in octets. A certificate takes 1 to 4 KiB in this form, and a chain of four less than
/// this limit. Common proxies pass no longer line on.
const MAX_HEADER: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::{MAX_HEADER, byte_sequence, escaped_pem, percent_decoded, single};
    use crate::mtls::CertificateError;
    use crate::request::TokenRequest;

    /// RFC 8705 appendix A, figures 5 and 7.
    const PEM: &str = "-----BEGIN CERTIFICATE-----\nMIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx\nODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG\nSM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ\n/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID\nSQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV\nbUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=\n-----END CERTIFICATE-----\n";
    const THUMBPRINT: &str = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0";

    /// The base64 text between the lines of the PEM.
    fn base64() -> String {
        PEM.lines().filter(|line| !line.starts_with('-')).collect()
    }

    fn read(outcome: Result<Option<super::ClientCertificate>, CertificateError>) -> Result<String, CertificateError> {
        outcome.map(|certificate| certificate.map_or("none".to_owned(), |found| found.thumbprint().to_string()))
    }

    #[test]
    fn a_header_has_at_most_16_kib() {
        for (length, expected) in [(16_384, Ok(16_384)), (16_385, Err((16_385, MAX_HEADER)))] {
            let headers = [("x-pem", "a".repeat(length))];
            let read = single(&TokenRequest::new("GET", "https://api.example.com/", &headers), "x-pem");
            let read = read.map(|value| value.unwrap_or_default().len()).map_err(|error| match error {
                CertificateError::HeaderTooLong { length, limit } => (length, limit),
                other => unreachable!("{other}"),
            });
            assert_eq!(read, expected);
        }
    }

    #[test]
    fn byte_sequences_are_base64_between_colons() {
        let whole = base64();
        assert_eq!(read(byte_sequence(&format!(":{whole}:"))).as_deref(), Ok(THUMBPRINT));
        assert_eq!(read(byte_sequence("::")).as_deref(), Ok("none"));
        let unpadded = whole.trim_end_matches('=');
        for rejected in [
            whole.clone(),
            format!(":{whole}"),
            format!("{whole}:"),
            format!(":{whole}:;a=1"),
            format!(":{unpadded}:"),
            format!(":{whole}:, :{whole}:"),
            format!(": {whole}:"),
            format!(":{}:", whole.replace('+', "-")),
            ":".to_owned(),
            String::new(),
        ] {
            assert_eq!(read(byte_sequence(&rejected)), Err(CertificateError::HeaderMalformed), "{rejected}");
        }
    }

    #[test]
    fn pem_with_the_escapes_of_each_proxy_is_read() {
        let escape = |text: &str, escaped: &[(&str, &str)]| {
            escaped.iter().fold(text.to_owned(), |text, (plain, triplet)| text.replace(plain, triplet))
        };
        let load_balancer = escape(PEM, &[(" ", "%20"), ("\n", "%0A")]);
        let nginx = escape(&load_balancer, &[("+", "%2B"), ("/", "%2F"), ("=", "%3D")]);
        let lower_case = escape(&nginx, &[("%2B", "%2b"), ("%2F", "%2f"), ("%3D", "%3d"), ("%0A", "%0a")]);
        let chain = format!("{nginx}{}", nginx.replace("MIIBBjCB", "MIIBBjCC"));
        let windows = nginx.replace("%0A", "%0D%0A");
        for text in [load_balancer, nginx, lower_case, chain, windows] {
            assert_eq!(read(escaped_pem(&text)).as_deref(), Ok(THUMBPRINT), "{text}");
        }
    }

    #[test]
    fn text_that_is_not_a_pem_certificate_is_rejected() {
        let escaped = PEM.replace('\n', "%0A");
        for rejected in [
            String::new(),
            "(null)".to_owned(),
            base64(),
            escaped.replace("%0A", " "),
            escaped.replace("%0A", "%0"),
            escaped.replace("%0A", "%zz"),
            escaped.replace("CERTIFICATE", "PUBLIC KEY"),
            escaped.replace("END", "FIN"),
            escaped.replace("MIIB", "M!!B"),
            escaped.replace("MIIB", "MI%0BIB"),
            escaped.replace("MIIB", "MI%0CIB"),
            escaped.replace("MIIB", "MI%09IB"),
            escaped.replace("MIIB", "MI%20IB"),
            escaped.replace("MIIB", "MI IB"),
            escaped.replace("MIIB", "MI%00IB"),
            format!("subject=CN%20%3D%20a%0A{escaped}"),
            format!("MIIB%0A{escaped}"),
            format!("{escaped}subject=CN%20%3D%20a%0A"),
            escaped.replacen("-----%0A", "-----", 1),
            escaped.replace("CERTIFICATE-----%0A", "CERTIFICATE-----%20%0A"),
            format!("{}%20", escaped.trim_end_matches("%0A")),
            escaped.replace("%0A-----END", "-----END"),
            escaped.replace("SY=%0A", "SY%0A"),
            escaped.replace("SY=%0A", "SZ=%0A"),
            "-----BEGIN CERTIFICATE-----%0A-----END CERTIFICATE-----%0A".to_owned(),
        ] {
            assert_eq!(read(escaped_pem(&rejected)), Err(CertificateError::HeaderMalformed), "{rejected}");
        }
    }

    #[test]
    fn percent_triplets_are_decoded_and_a_plus_is_kept() {
        for (text, expected) in [
            ("a+b", Some(&b"a+b"[..])),
            ("a%2Bb%20c%0a", Some(b"a+b c\n")),
            ("%ff", Some(b"\xff")),
            ("%09%aF%Af%90", Some(b"\x09\xaf\xaf\x90")),
            ("%", None),
            ("%4", None),
            ("%4g", None),
        ] {
            assert_eq!(percent_decoded(text).as_deref(), expected, "{text}");
        }
    }
}
