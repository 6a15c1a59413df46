//! JWS Compact Serialization ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).

use std::borrow::Borrow;
use std::fmt;
use std::mem::MaybeUninit;

use super::known_headers::{HeaderTable, KnownHeader, ParsedHeader};
use super::public_key::SigningInput;
use super::{AlgorithmSet, Header, JoseError, Object, VerificationKey};
use crate::base64url::{self, Encoded};
use crate::digest::{sha256_digest, sha256_of_beginning_and_whole};

/// A signed message that is parsed but not verified. The message is well-formed, and the caller allows its algorithm.
pub(crate) struct Jws<'t> {
    compact: &'t str,
    /// The encrypted text that contained the message.
    outer: Option<&'t str>,
    /// The part that is signed, `header.payload`: the beginning of `compact`.
    signed: &'t str,
    header: ParsedHeader<'t>,
    /// Where the header is remembered once the message is verified.
    known: Option<&'t HeaderTable>,
    payload: Object,
    signature: Encoded<'t>,
}

/// A message whose signature was verified. Only [`Jws::verify`] creates one.
#[derive(Debug)]
pub(crate) struct VerifiedJws<'t> {
    hash: Option<TextHash>,
    header: ParsedHeader<'t>,
    payload: Object,
}

/// The SHA-256 of a compact text.
pub(crate) type TextHash = [u8; 32];

/// Whether the caller needs [`VerifiedJws::hash`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Needed,
    NotNeeded,
}

impl<'t> Jws<'t> {
    /// Parses a compact text. The caller must limit its size before.
    pub(crate) fn parse(compact: &'t str, allowed: &AlgorithmSet) -> Result<Self, JoseError> {
        Self::read(compact, |header| parse_header(header, allowed), None)
    }

    /// Parses a compact text, like [`parse`](Self::parse) with the allowed algorithms of `known`. A header that is known
    /// is not parsed again.
    pub(crate) fn parse_with(compact: &'t str, known: &'t HeaderTable) -> Result<Self, JoseError> {
        let header = |text: &str| match known.recall(text) {
            Some(header) => Ok(ParsedHeader::Known(header)),
            None => parse_header(text, known.allowed()),
        };
        Self::read(compact, header, Some(known))
    }

    /// Parses a compact text, like [`parse`](Self::parse). If the text begins with the known header, which was parsed
    /// for the same algorithms, the header is not parsed again.
    pub(crate) fn parse_after(
        known: Option<&'t KnownHeader>,
        compact: &'t str,
        allowed: &AlgorithmSet,
    ) -> Result<Self, JoseError> {
        let header = |text: &str| match known.and_then(|known| known.header_of(text)) {
            Some(header) => Ok(ParsedHeader::Known(header)),
            None => parse_header(text, allowed),
        };
        Self::read(compact, header, None)
    }

    fn read(
        compact: &'t str,
        header: impl FnOnce(&str) -> Result<ParsedHeader<'t>, JoseError>,
        known: Option<&'t HeaderTable>,
    ) -> Result<Self, JoseError> {
        let (signed, [header_text, payload, signature]) = split(compact)?;
        let header = header(header_text)?;
        let payload = Object::parse(decode(payload)?).map_err(JoseError::Payload)?;
        let signature = Encoded::parse(signature).ok_or(JoseError::Segment)?;
        Ok(Self { compact, outer: None, signed, header, known, payload, signature })
    }

    /// Says that the message was inside an encrypted text, which the client presented.
    pub(super) fn within(self, outer: &'t str) -> Self {
        Self { outer: Some(outer), ..self }
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The text that the client presented: the compact text that was parsed, or the encrypted text that contained it.
    pub(crate) fn presented(&self) -> &'t str {
        self.outer.unwrap_or(self.compact)
    }

    /// The compact text that was parsed, if the client presented it encrypted.
    pub(crate) fn decrypted(&self) -> Option<&'t str> {
        self.outer.map(|_| self.compact)
    }

    /// The payload, not verified. Use it only to find the key, or to reject a message early.
    pub(crate) fn unverified_payload(&self) -> &Object {
        &self.payload
    }

    /// Verifies the signature. One of the keys must verify it. Keys for another algorithm than the one in the header
    /// are skipped.
    pub(crate) fn verify<K: Borrow<VerificationKey>>(
        self,
        keys: impl IntoIterator<Item = K>,
        hash: Hash,
    ) -> Result<VerifiedJws<'t>, JoseError> {
        let (input, hash) = match hash {
            Hash::Needed if self.outer.is_none() => self.input_and_hash(),
            Hash::Needed | Hash::NotNeeded => (self.input(), None),
        };
        if !self.is_signed(keys, &input) {
            return Err(JoseError::Signature);
        }
        self.remember_header();
        let Self { header, payload, .. } = self;
        Ok(VerifiedJws { hash, header, payload })
    }

    /// Whether [`verify`](Self::verify) would accept the signature.
    pub(crate) fn is_verified_by<K: Borrow<VerificationKey>>(&self, keys: impl IntoIterator<Item = K>) -> bool {
        self.is_signed(keys, &self.input())
    }

    fn is_signed<K: Borrow<VerificationKey>>(
        &self,
        keys: impl IntoIterator<Item = K>,
        input: &SigningInput<'_>,
    ) -> bool {
        let mut buffer = [const { MaybeUninit::uninit() }; LONGEST_SIGNATURE];
        let Some(signature) = self.signature.decode_into(&mut buffer) else { return false };
        keys.into_iter().any(|key| {
            let key = key.borrow();
            key.algorithm() == self.header.algorithm() && key.verifies(input, signature)
        })
    }

    fn remember_header(&self) {
        if let (Some(known), ParsedHeader::New(header)) = (self.known, &self.header) {
            known.remember(header_text(self.signed), header);
        }
    }

    /// Returns the signed part, with its hash if the algorithm signs this hash. The check of a hash takes less time than
    /// the check of a message: for a message, the library allocates and copies a context.
    fn input(&self) -> SigningInput<'t> {
        let octets = self.signed.as_bytes();
        let sha256 = self.header.algorithm().takes_sha256().then(|| sha256_digest(octets));
        SigningInput { octets, sha256 }
    }

    /// Returns the signed part with its hash, which RS256, PS256 and ES256 verify, and the hash of the whole text. Two
    /// separate computations would both read the signed part, which is the largest part of the text.
    ///
    /// The hash that a caller needs is that of the presented text. If this text is encrypted, it has nothing in common
    /// with the signed part.
    fn input_and_hash(&self) -> (SigningInput<'t>, Option<TextHash>) {
        let (signed, rest) = self.compact.as_bytes().split_at(self.signed.len());
        let (sha256, hash) = sha256_of_beginning_and_whole(signed, rest);
        (SigningInput { octets: signed, sha256: Some(sha256) }, Some(hash))
    }
}

impl VerifiedJws<'_> {
    /// The SHA-256 of the compact text, if the caller of [`Jws::verify`] needed it and the text was not encrypted.
    pub(crate) fn hash(&self) -> Option<TextHash> {
        self.hash
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    pub(crate) fn payload(&self) -> &Object {
        &self.payload
    }

    pub(crate) fn into_header(self) -> Header {
        self.header.into_owned()
    }

    pub(crate) fn into_payload(self) -> Object {
        self.payload
    }
}

impl fmt::Debug for Jws<'_> {
    /// Writes no text of the message: it may be an access token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jws").field("algorithm", &self.header.algorithm()).finish_non_exhaustive()
    }
}

/// The text of the header, in base64url; empty if the text has no dot.
pub(crate) fn header_text(compact: &str) -> &str {
    split_at_dot(compact).map_or("", |(header, _)| header)
}

/// Returns the signing input and the three segments. For a text of another form, the error names the most likely form
/// of the text.
fn split(compact: &str) -> Result<(&str, [&str; 3]), JoseError> {
    let (header, rest) = split_at_dot(compact).ok_or_else(|| opaque(compact))?;
    let (payload, signature) = split_at_dot(rest).ok_or(JoseError::SegmentCount)?;
    if split_at_dot(signature).is_some() {
        // RFC 7516 §9: a JWS has two dots, a JWE four.
        // `take` limits the work for a text of thousands of dots.
        let encrypted = signature.split('.').take(4).count() == 3;
        return Err(if encrypted { JoseError::Encrypted } else { JoseError::SegmentCount });
    }
    let signing_input = compact.get(..header.len() + 1 + payload.len()).unwrap_or_default();
    Ok((signing_input, [header, payload, signature]))
}

/// Says that a text has no dots, and whether it is what a program prints for a variable without a value.
fn opaque(text: &str) -> JoseError {
    JoseError::Opaque { is_placeholder: ["undefined", "null", "NaN"].contains(&text) }
}

/// Splits at the first dot.
fn split_at_dot(text: &str) -> Option<(&str, &str)> {
    let dot = memchr::memchr(b'.', text.as_bytes())?;
    Some((text.get(..dot)?, text.get(dot + 1..)?))
}

fn parse_header<'h>(segment: &str, allowed: &AlgorithmSet) -> Result<ParsedHeader<'h>, JoseError> {
    let header = Header::parse(decode(segment)?, allowed)?;
    Ok(ParsedHeader::New(Box::new(header)))
}

fn decode(segment: &str) -> Result<Vec<u8>, JoseError> {
    base64url::decode(segment).ok_or(JoseError::Segment)
}

/// The signature of the longest key that is accepted, an RSA key of 8192 bits. No key verifies a longer signature.
const LONGEST_SIGNATURE: usize = 1024;

#[cfg(test)]
impl<'t> Jws<'t> {
    /// Parses a text whose payload can be any octets, as in published vectors. Returns the octets beside the message.
    pub(crate) fn with_any_payload(compact: &'t str, allowed: &AlgorithmSet) -> Result<(Self, Vec<u8>), JoseError> {
        let (signed, [header, payload, signature]) = split(compact)?;
        let header = parse_header(header, allowed)?;
        let octets = decode(payload)?;
        let signature = Encoded::parse(signature).ok_or(JoseError::Segment)?;
        let payload = Object::read("{}".to_owned()).map_err(JoseError::Payload)?;
        Ok((Self { compact, outer: None, signed, header, known: None, payload, signature }, octets))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::digest::sha256;
    use crate::jose::{Algorithm, JsonError, Jwk};

    /// `{"alg":"ES256"}`
    const HEADER: &str = "eyJhbGciOiJFUzI1NiJ9";
    /// RFC 7515 §A.3.
    const SIGNED: &str = "eyJhbGciOiJFUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const SIGNER: &str = r#"{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    /// RFC 9449 §4.1.
    const OTHER_KEY: &str = r#"{"kty":"EC","crv":"P-256",
        "x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}"#;
    /// RFC 8037 §A.2.
    const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    fn parse(compact: &str) -> Result<Jws<'_>, JoseError> {
        Jws::parse(compact, &AlgorithmSet::ANY)
    }

    fn verify<K: Borrow<VerificationKey>>(
        compact: &str,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<VerifiedJws<'_>, JoseError> {
        parse(compact).unwrap().verify(keys, Hash::NotNeeded)
    }

    fn key(jwk: &str, algorithm: Algorithm) -> VerificationKey {
        Jwk::parse(jwk).unwrap().verification_key(algorithm).unwrap()
    }

    #[test]
    fn a_text_has_three_segments() {
        let not_an_object = JsonError::NotAnObject;
        let table = [
            ("", Err(JoseError::Opaque { is_placeholder: false })),
            ("undefined", Err(JoseError::Opaque { is_placeholder: true })),
            ("eyJhbGciOiJFUzI1NiJ9", Err(JoseError::Opaque { is_placeholder: false })),
            (".", Err(JoseError::SegmentCount)),
            ("eyJhbGciOiJFUzI1NiJ9.e30", Err(JoseError::SegmentCount)),
            ("eyJhbGciOiJFUzI1NiJ9.e30.AA", Ok(())),
            ("eyJhbGciOiJFUzI1NiJ9.e30.", Ok(())),
            ("eyJhbGciOiJFUzI1NiJ9..AA", Err(JoseError::Payload(not_an_object))),
            (".e30.AA", Err(JoseError::Header(not_an_object))),
            ("..", Err(JoseError::Header(not_an_object))),
            ("eyJhbGciOiJFUzI1NiJ9.e30.AA.", Err(JoseError::SegmentCount)),
            (".eyJhbGciOiJFUzI1NiJ9.e30.AA", Err(JoseError::SegmentCount)),
            ("eyJhbGciOiJFUzI1NiJ9.e30.AA.AA", Err(JoseError::SegmentCount)),
            ("eyJhbGciOiJFUzI1NiJ9.e30.AA.AA.AA", Err(JoseError::Encrypted)),
            ("....", Err(JoseError::Encrypted)),
            ("eyJhbGciOiJFUzI1NiJ9.e30.AA.AA.AA.AA", Err(JoseError::SegmentCount)),
            (".....", Err(JoseError::SegmentCount)),
            ("......", Err(JoseError::SegmentCount)),
        ];
        for (compact, expected) in table {
            assert_eq!(parse(compact).map(|_| ()), expected, "{compact}");
        }
        assert_eq!(parse(&".".repeat(16 * 1024)).unwrap_err(), JoseError::SegmentCount);
    }

    #[test]
    fn a_segment_is_canonical_base64url() {
        // {"alg":"ES256","x":"???~"}, {"a":"~~>?"} and three octets. Their encodings contain - and _, which are the
        // base64url characters for + and /.
        let (header, payload, signature) = ("eyJhbGciOiJFUzI1NiIsIngiOiI_Pz9-In0", "eyJhIjoifn4-PyJ9", "-_-_");
        assert!(parse(&[header, payload, signature].join(".")).is_ok());
        let headers = [
            "eyJhbGciOiJFUzI1NiIsIngiOiI_Pz9-In0=",
            "eyJhbGciOiJFUzI1NiIsIngiOiI/Pz9+In0",
            "eyJhbGciOiJFUzI1NiIsIngiOiI_Pz9-In1",
            " eyJhbGciOiJFUzI1NiIsIngiOiI_Pz9-In0",
            "eyJhbGciOiJFUzI1NiIs\nIngiOiI_Pz9-In0",
            "eyJhbGciOiJFUzI1NiIsIngiOiI_Pz9-In0AA",
            "eyJhbGciOiJFUzI1NiIsIngiOiI_Pz9-In\u{ff10}",
            "eyJhbGciOiJFUzI1NiIsIngiOiI_Pz9-In0%3D",
            "{\"alg\":\"ES256\"}",
        ];
        for header in headers {
            assert_eq!(parse(&[header, payload, signature].join(".")).unwrap_err(), JoseError::Segment, "{header}");
        }
        for payload in ["e30=", "e31", "e30 ", "e30\r\n", "\te30", "e", "e30AA", "eyJhIjoifn4+PyJ9", "{}", "é", "e30\0"]
        {
            assert_eq!(parse(&[header, payload, signature].join(".")).unwrap_err(), JoseError::Segment, "{payload}");
        }
        for signature in ["AA==", "AA=", "AB", "A", "AAB", "AA ", "AA\n", "+_+_", "-/-/", "é", "AA\0"] {
            assert_eq!(parse(&[header, payload, signature].join(".")).unwrap_err(), JoseError::Segment, "{signature}");
        }
    }

    #[test]
    fn the_payload_of_a_jwt_is_one_strict_object() {
        // [], {"a":1,"a":1}, and an octet that is not UTF-8.
        let table = [
            ("W10", JsonError::NotAnObject),
            ("eyJhIjoxLCJhIjoxfQ", JsonError::DuplicateMember),
            ("_w", JsonError::NotUtf8),
        ];
        for (payload, expected) in table {
            assert_eq!(parse(&[HEADER, payload, "AA"].join(".")).unwrap_err(), JoseError::Payload(expected));
        }
    }

    #[test]
    fn the_header_is_checked_before_the_payload() {
        let es384 = AlgorithmSet::new([Algorithm::ES384]).unwrap();
        let rejected = Jws::parse("eyJhbGciOiJFUzI1NiJ9.!.!", &es384).unwrap_err();
        assert_eq!(rejected, JoseError::AlgorithmNotAllowed { algorithm: Algorithm::ES256 });
        // {"alg":"HS256"}
        assert_eq!(parse("eyJhbGciOiJIUzI1NiJ9.!.!").unwrap_err(), JoseError::Symmetric);
    }

    #[test]
    fn a_signature_of_the_key_verifies() {
        let signed = verify(SIGNED, [key(SIGNER, Algorithm::ES256)]).unwrap();
        assert_eq!(signed.header().algorithm(), Algorithm::ES256);
        assert_eq!(signed.payload().string("iss").unwrap().as_deref(), Some("joe"));
        assert_eq!(signed.into_payload().get::<u64>("exp"), Ok(Some(1_300_819_380)));
    }

    #[test]
    fn one_of_several_keys_is_enough() {
        let keys = [key(ED25519, Algorithm::EdDSA), key(OTHER_KEY, Algorithm::ES256), key(SIGNER, Algorithm::ES256)];
        assert!(verify(SIGNED, &keys).is_ok());
    }

    #[test]
    fn without_the_signers_key_a_signature_does_not_verify() {
        for keys in [vec![], vec![key(OTHER_KEY, Algorithm::ES256)], vec![key(ED25519, Algorithm::EdDSA)]] {
            assert_eq!(verify(SIGNED, keys).unwrap_err(), JoseError::Signature);
        }
    }

    #[test]
    fn a_signature_with_another_algorithm_than_in_the_header_is_rejected() {
        // An ES256 signature by SIGNER, but the header says {"alg":"ES384"}.
        let mislabelled = "eyJhbGciOiJFUzM4NCJ9.e30.\
            CkwKqpxPjMsG4NiDPlI2nTa0X3_PWj5EfDljRUNpLtZiyY09egf4Q09a-dLuwdz4QsZtCYqmmjdgdJCB6jPK9w";
        let rejected = verify(mislabelled, [key(SIGNER, Algorithm::ES256)]).unwrap_err();
        assert_eq!(rejected, JoseError::Signature);
    }

    #[test]
    fn a_changed_text_or_signature_does_not_verify() {
        let (text, signature) = SIGNED.rsplit_once('.').unwrap();
        for changed in [
            SIGNED.replacen("eyJhbGciOiJFUzI1NiJ9", "eyJhbGciOiJFUzI1NiIsIngiOiI_Pz9-In0", 1),
            SIGNED.replacen("eyJpc3MiOiJqb2UiLA0K", "eyJpc3MiOiJqb2QiLA0K", 1),
            format!("{text}."),
            format!("{text}.AA"),
            format!("{text}.{}", "A".repeat(86)),
            format!("{text}.{}", signature.replacen("DtEh", "DtEi", 1)),
            format!("{text}.AAAA{signature}"),
            format!("{text}.{}", signature.repeat(30)),
        ] {
            let rejected = verify(&changed, [key(SIGNER, Algorithm::ES256)]).unwrap_err();
            assert_eq!(rejected, JoseError::Signature, "{changed}");
        }
    }

    #[test]
    fn hashing_does_not_change_the_verification() {
        let signed = parse(SIGNED).unwrap().verify([key(SIGNER, Algorithm::ES256)], Hash::Needed).unwrap();
        assert_eq!(signed.hash(), Some(sha256(SIGNED.as_bytes())));
        assert_eq!(verify(SIGNED, [key(SIGNER, Algorithm::ES256)]).unwrap().hash(), None);
        let rejected = parse(SIGNED).unwrap().verify([key(OTHER_KEY, Algorithm::ES256)], Hash::Needed);
        assert_eq!(rejected.unwrap_err(), JoseError::Signature);
    }

    #[test]
    fn a_signature_of_any_length_is_parsed_and_a_longer_one_than_any_keys_is_rejected() {
        for octets in [0, 1, 64, 1023, 1024, 1025, 5000] {
            let compact = format!("{HEADER}.e30.{}", base64url::encode(&vec![7; octets]));
            assert_eq!(
                verify(&compact, [key(SIGNER, Algorithm::ES256)]).unwrap_err(),
                JoseError::Signature,
                "{octets}"
            );
        }
    }

    #[test]
    fn debug_shows_no_text_of_the_message() {
        let jws = parse(SIGNED).unwrap();
        assert_eq!(format!("{jws:?}"), "Jws { algorithm: ES256, .. }");
        let verified = jws.verify([key(SIGNER, Algorithm::ES256)], Hash::NotNeeded).unwrap();
        let shown = format!("{verified:?}");
        assert!(SIGNED.split('.').all(|part| !shown.contains(part)) && !shown.contains("joe"), "{shown}");
    }
}
