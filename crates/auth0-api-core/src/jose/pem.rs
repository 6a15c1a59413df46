//! The text form of private keys ([RFC 7468](https://www.rfc-editor.org/rfc/rfc7468)).
//!
//! The reader of rustls-pki-types is not used for private keys. It does not wipe its buffer with the base64 text of the
//! key. And it rejects a text without line breaks, which a text often loses in an environment variable.

use secrecy::zeroize::Zeroizing;

/// The first private key of a PEM text, in DER.
pub(super) struct PrivatePem {
    pub(super) kind: PemKind,
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// The DER structure of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PemKind {
    /// `EC PRIVATE KEY` ([RFC 5915](https://www.rfc-editor.org/rfc/rfc5915#section-4)).
    Ec,
    /// `PRIVATE KEY`: PKCS#8 ([RFC 5208](https://www.rfc-editor.org/rfc/rfc5208)).
    Pkcs8,
    /// `RSA PRIVATE KEY`: PKCS#1 ([RFC 8017 §A.1.2](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2)).
    Rsa,
}

impl PrivatePem {
    /// Reads the first block that holds a private key. Other blocks, such as `EC PARAMETERS`, are skipped.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut rest = text;
        loop {
            let (_, after) = rest.split_once("-----BEGIN ")?;
            let (label, after) = after.split_once("-----")?;
            let (body, after) = after.split_once("-----END ")?;
            if let Some(kind) = PemKind::of(label) {
                let der = base64_simd::forgiving_decode_to_vec(body.as_bytes()).ok()?;
                return Some(Self { kind, der: Zeroizing::new(der) });
            }
            rest = after;
        }
    }
}

impl PemKind {
    fn of(label: &str) -> Option<Self> {
        match label {
            "EC PRIVATE KEY" => Some(Self::Ec),
            "PRIVATE KEY" => Some(Self::Pkcs8),
            "RSA PRIVATE KEY" => Some(Self::Rsa),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(PemKind, Vec<u8>)> {
        PrivatePem::read(text).map(|pem| (pem.kind, pem.der.to_vec()))
    }

    #[test]
    fn the_first_private_key_is_read() {
        let parameters = "-----BEGIN EC PARAMETERS-----\nBggq\n-----END EC PARAMETERS-----\n";
        let key = "-----BEGIN EC PRIVATE KEY-----\nAQ\nID\n-----END EC PRIVATE KEY-----\n";
        assert_eq!(read(&format!("{parameters}{key}")), Some((PemKind::Ec, vec![1, 2, 3])));
        assert_eq!(
            read("-----BEGIN PRIVATE KEY-----\r\nAQID\r\n-----END PRIVATE KEY-----"),
            Some((PemKind::Pkcs8, vec![1, 2, 3]))
        );
        assert_eq!(
            read("-----BEGIN RSA PRIVATE KEY-----AQID-----END RSA PRIVATE KEY-----"),
            Some((PemKind::Rsa, vec![1, 2, 3]))
        );
    }

    #[test]
    fn a_text_without_a_private_key_is_rejected() {
        for text in [
            "",
            "AQID",
            "-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAQID\n-----END ENCRYPTED PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nAQID",
            "-----BEGIN PRIVATE KEY-----\nA*ID\n-----END PRIVATE KEY-----",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
