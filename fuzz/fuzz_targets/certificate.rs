//! The API accepts a certificate-bound token only with the certificate in its binding, for any header value that a
//! trusted proxy writes.
//!
//! Input: an octet that selects the kind of header, then the header's value.
#![no_main]

use std::sync::LazyLock;

use auth0_api_core::{ApiClient, CertificateSource, ReceivedTarget, TokenRequest, TrustedProxies};
use auth0_api_fuzz::{Tenant, client, rejection, run, token_bound_to_certificate};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

libfuzzer_sys::fuzz_target!(
    init: {
        let (base64, digest) = (STANDARD.encode(CERTIFICATE), &*DIGEST);
        assert!(CLIENT_CERT.accepts(format!(":{base64}:").as_bytes()));
        let element = format!("By=spiffe://a/b;Hash={digest};Subject=\"CN=c,O=d\"");
        assert!(ENVOY.accepts(element.as_bytes()));
        assert!(ENVOY_AND_SIDECAR.accepts(format!("{element},By=spiffe://c/d;Hash={}", "0".repeat(64)).as_bytes()));
        assert!(PEM.accepts(format!("-----BEGIN CERTIFICATE-----%0A{base64}%0A-----END CERTIFICATE-----%0A").as_bytes()));
    },
    |data: &[u8]| {
        let Some((kind, value)) = data.split_first() else { return };
        match kind % 4 {
            0 => assert!(!CLIENT_CERT.accepts(value) || is_byte_sequence(value)),
            1 => assert!(!ENVOY.accepts(value) || is_list(value, 1)),
            2 => assert!(!ENVOY_AND_SIDECAR.accepts(value) || is_list(value, 2)),
            _ => assert!(!PEM.accepts(value) || holds(value)),
        }
    }
);

/// Not a real certificate: core does not parse the certificate, because the TLS endpoint has validated it.
const CERTIFICATE: &[u8] = b"0\x82 these are the octets of the client's own certificate \xff";

static CLIENT_CERT: LazyLock<Proxied> =
    LazyLock::new(|| Proxied::new("client-cert", CertificateSource::client_cert_header()));
static ENVOY: LazyLock<Proxied> =
    LazyLock::new(|| Proxied::new("x-forwarded-client-cert", CertificateSource::forwarded_client_cert_header()));
static ENVOY_AND_SIDECAR: LazyLock<Proxied> = LazyLock::new(|| {
    Proxied::new("x-forwarded-client-cert", CertificateSource::forwarded_client_cert_header().appended(2))
});
static PEM: LazyLock<Proxied> = LazyLock::new(|| Proxied::new("x-pem", CertificateSource::pem_header("X-PEM")));
/// The SHA-256 of the certificate in hex, as Envoy writes it.
static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, CERTIFICATE);
    digest.as_ref().iter().map(|octet| format!("{octet:02x}")).collect()
});

/// An API behind a proxy that writes the certificate into this header.
struct Proxied {
    header: &'static str,
    api: ApiClient,
}

impl Proxied {
    fn new(header: &'static str, certificates: CertificateSource) -> Self {
        let builder = client(Tenant::default()).trusted_proxies(TrustedProxies::hops(1));
        Self { header, api: builder.client_certificates(certificates).build().expect("a client") }
    }

    fn accepts(&self, value: &[u8]) -> bool {
        static TOKEN: LazyLock<String> = LazyLock::new(|| token_bound_to_certificate(CERTIFICATE));
        let authorization = format!("Bearer {}", *TOKEN);
        let headers = [("authorization", authorization.as_bytes()), (self.header, value)];
        let target = ReceivedTarget { scheme: "http", authority: None, target: "/", peer: Some([10, 0, 0, 1].into()) };
        let verified = run(self.api.verify_request(&TokenRequest::received("GET", target, &headers)));
        verified.map_err(|error| rejection::check(&self.api, &error, &[value])).is_ok()
    }
}

/// Returns whether a value is the certificate as a Byte Sequence (RFC 9440 §2.1).
fn is_byte_sequence(value: &[u8]) -> bool {
    without_blanks(value) == format!(":{}:", STANDARD.encode(CERTIFICATE)).as_bytes()
}

/// Returns whether a value is a list of this many elements, and the first element contains the certificate.
fn is_list(value: &[u8], expected: usize) -> bool {
    let (mut commas, mut first, mut quoted) = (0, Vec::new(), false);
    let mut octets = value.iter().copied();
    while let Some(octet) = octets.next() {
        let mut seen = vec![octet];
        match octet {
            b'\\' if quoted => seen.extend(octets.next()),
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            _ => {}
        }
        if commas == 0 {
            first.append(&mut seen);
        }
    }
    commas + 1 == expected && (contains(&unescaped(&first), &DIGEST) || holds(&first))
}

/// Removes the spaces and tabs around the value of a header.
fn without_blanks(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Returns whether a value contains the certificate in base64, with or without line ends and surrounding text.
fn holds(value: &[u8]) -> bool {
    let dense: Vec<u8> = unescaped(value).into_iter().filter(|octet| !b"\r\n".contains(octet)).collect();
    contains(&dense, &STANDARD.encode(CERTIFICATE))
}

fn contains(value: &[u8], text: &str) -> bool {
    value.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

/// Decodes percent-encoding and drops backslashes; invalid escapes stay as they are.
fn unescaped(value: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut rest = value;
    while let Some((&octet, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = pair.filter(|_| octet == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        rest = if escaped.is_some() { &after[2..] } else { after };
        octets.extend(escaped.or((octet != b'\\').then_some(octet)));
    }
    octets
}
