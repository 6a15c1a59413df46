//! The headers of verified tokens, each parsed once.
//!
//! All tokens that a tenant signs with one key have the same header, so most tokens begin with a text that was parsed
//! before. The table only saves this work: a parsed header depends on nothing but its text and the allowed algorithms,
//! which never change here. The key is still looked up for each token, in the present key set.

use std::fmt;
use std::hash::BuildHasher as _;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;

use super::{AlgorithmSet, Header};

/// Parses headers for one set of algorithms, and remembers those of verified tokens.
///
/// Each text has two slots, and is in one of them if it is remembered. A slot is filled once and never changes, so a
/// request reads the table without a lock and without a counter. If both slots have other texts, the header is parsed
/// for each token. Only texts that a trusted issuer has signed are remembered, so strangers cannot fill the table.
pub(crate) struct HeaderTable {
    allowed: AlgorithmSet,
    slots: Box<[OnceLock<Box<KnownHeader>>]>,
    /// The seed of the hash is random, so nobody can choose texts that share their slots.
    seed: RandomState,
}

/// A header segment that was parsed before.
pub(crate) struct KnownHeader {
    text: Arc<str>,
    header: Header,
}

/// The header of one message: known, or parsed for this message.
///
/// Messages are moved often, and most headers are known, so a new header is in a box.
#[derive(Debug)]
pub(crate) enum ParsedHeader<'h> {
    Known(&'h Header),
    New(Box<Header>),
}

impl HeaderTable {
    pub(crate) fn new(allowed: AlgorithmSet) -> Self {
        let slots = std::iter::repeat_with(OnceLock::new).take(SLOTS).collect();
        Self { allowed, slots, seed: RandomState::default() }
    }

    pub(crate) fn allowed(&self) -> &AlgorithmSet {
        &self.allowed
    }

    /// Returns the header of this text, if it is remembered.
    pub(super) fn recall(&self, text: &str) -> Option<&Header> {
        self.slots_of(text).find_map(|slot| slot.get().and_then(|known| known.header_of(text)))
    }

    /// Remembers the header of a verified message, if there is room.
    pub(super) fn remember(&self, text: &str, header: &Header) {
        if let Some(slot) = self.slots_of(text).find(|slot| slot.get().is_none()) {
            // If another request fills the slot first, a later message is remembered.
            _ = slot.set(Box::new(KnownHeader { text: text.into(), header: header.clone() }));
        }
    }

    /// The two slots of a text; none for a text that is too long.
    fn slots_of(&self, text: &str) -> impl Iterator<Item = &OnceLock<Box<KnownHeader>>> {
        let hash = (text.len() <= LONGEST_TEXT).then(|| self.seed.hash_one(text).to_le_bytes());
        let indices = hash.map(|[first, second, ..]| [first, second]);
        indices.into_iter().flatten().filter_map(|index| self.slots.get(usize::from(index) % SLOTS))
    }
}

impl KnownHeader {
    /// Keeps the header of a verified message.
    pub(crate) fn new(text: Arc<str>, header: Header) -> Self {
        Self { text, header }
    }

    /// Returns the header, if the text is that of this header.
    pub(super) fn header_of(&self, text: &str) -> Option<&Header> {
        (*self.text == *text).then_some(&self.header)
    }
}

impl ParsedHeader<'_> {
    pub(super) fn into_owned(self) -> Header {
        match self {
            Self::Known(header) => header.clone(),
            Self::New(header) => *header,
        }
    }
}

impl Deref for ParsedHeader<'_> {
    type Target = Header;

    fn deref(&self) -> &Header {
        match self {
            Self::Known(header) => header,
            Self::New(header) => header,
        }
    }
}

impl fmt::Debug for HeaderTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.slots.iter().filter(|slot| slot.get().is_some()).count();
        f.debug_struct("HeaderTable").field("allowed", &self.allowed).field("known", &known).finish_non_exhaustive()
    }
}

/// A tenant has one key in use, or two around a rotation. The table has room for the tenants of most APIs, in at most 70
/// KiB.
const SLOTS: usize = 128;
/// Auth0's headers have about 90 characters in base64url.
const LONGEST_TEXT: usize = 256;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::base64url;
    use crate::jose::{Algorithm, Hash, JoseError, JsonError, Jwk, Jws, VerificationKey};

    /// RFC 7515 §A.3: a message and the key that signed it.
    const SIGNED: &str = "eyJhbGciOiJFUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const SIGNER: &str = r#"{"kty":"EC","crv":"P-256",
        "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    /// `{"alg":"ES256"}`
    const HEADER: &str = "eyJhbGciOiJFUzI1NiJ9";

    fn es256() -> HeaderTable {
        HeaderTable::new(AlgorithmSet::new([Algorithm::ES256]).unwrap())
    }

    fn signer() -> VerificationKey {
        Jwk::parse(SIGNER).unwrap().verification_key(Algorithm::ES256).unwrap()
    }

    fn after_a_verified_message() -> HeaderTable {
        let known = es256();
        Jws::parse_with(SIGNED, &known).unwrap().verify([signer()], Hash::NotNeeded).unwrap();
        known
    }

    fn held(known: &HeaderTable) -> usize {
        known.slots.iter().filter(|slot| slot.get().is_some()).count()
    }

    fn header(json: &str) -> (String, Header) {
        (base64url::encode(json.as_bytes()), Header::parse(json.into(), &AlgorithmSet::ANY).unwrap())
    }

    #[test]
    fn the_header_of_a_verified_message_is_remembered_once() {
        let known = after_a_verified_message();
        assert_eq!(known.recall(HEADER).map(Header::algorithm), Some(Algorithm::ES256));
        let again = Jws::parse_with(SIGNED, &known).unwrap().verify([signer()], Hash::NotNeeded).unwrap();
        assert!(std::ptr::eq(again.header(), known.recall(HEADER).unwrap()));
        assert_eq!((again.header().algorithm(), held(&known)), (Algorithm::ES256, 1));
    }

    #[test]
    fn the_header_of_a_message_without_a_valid_signature_is_not_remembered() {
        let known = es256();
        let changed = SIGNED.replacen("DtEh", "DtEi", 1);
        for message in [changed.as_str(), "eyJhbGciOiJFUzI1NiJ9.e30.AA"] {
            let jws = Jws::parse_with(message, &known).unwrap();
            assert_eq!(jws.verify([signer()], Hash::NotNeeded).unwrap_err(), JoseError::Signature);
        }
        let jws = Jws::parse_with(SIGNED, &known).unwrap();
        assert_eq!(jws.verify([] as [VerificationKey; 0], Hash::NotNeeded).unwrap_err(), JoseError::Signature);
        assert_eq!(held(&known), 0);
    }

    #[test]
    fn a_header_that_differs_in_one_character_is_parsed() {
        let known = after_a_verified_message();
        // `{"alg":"ES25?"}` and a text that is no base64url.
        for (other, error) in [
            ("eyJhbGciOiJFUzI1OSJ9", JoseError::AlgorithmUnknown),
            ("eyJhbGciOiJFUzI1NiJ8", JoseError::Header(JsonError::NotAnObject)),
            ("eyJhbGciOiJFUzI1NiJ=", JoseError::Segment),
            ("EyJhbGciOiJFUzI1NiJ9", JoseError::Header(JsonError::NotAnObject)),
        ] {
            assert!(known.recall(other).is_none(), "{other}");
            let message = SIGNED.replacen(HEADER, other, 1);
            assert_eq!(Jws::parse_with(&message, &known).unwrap_err(), error, "{other}");
        }
    }

    #[test]
    fn a_known_header_does_not_admit_a_changed_message_or_another_key() {
        let known = after_a_verified_message();
        let changed = SIGNED.replacen("eyJpc3MiOiJqb2UiLA0K", "eyJpc3MiOiJqb2QiLA0K", 1);
        let jws = Jws::parse_with(&changed, &known).unwrap();
        assert_eq!(jws.verify([signer()], Hash::NotNeeded).unwrap_err(), JoseError::Signature);
        let duplicate = format!("{HEADER}.eyJhIjoxLCJhIjoxfQ.AA");
        let duplicate_member = JoseError::Payload(JsonError::DuplicateMember);
        assert_eq!(Jws::parse_with(&duplicate, &known).unwrap_err(), duplicate_member);
    }

    #[test]
    fn an_algorithm_that_is_not_allowed_is_rejected_again_each_time() {
        let known = HeaderTable::new(AlgorithmSet::new([Algorithm::RS256]).unwrap());
        let not_allowed = JoseError::AlgorithmNotAllowed { algorithm: Algorithm::ES256 };
        for _ in 0..2 {
            assert_eq!(Jws::parse_with(SIGNED, &known).unwrap_err(), not_allowed);
        }
    }

    #[test]
    fn one_known_header_is_used_for_its_own_text_only() {
        let (text, parsed) = header(r#"{"alg":"ES256"}"#);
        let known = KnownHeader::new(text.into(), parsed);
        let parse = |message| Jws::parse_after(Some(&known), message, &AlgorithmSet::ANY);
        let again = parse(SIGNED).unwrap();
        assert!(std::ptr::eq(again.header(), known.header_of(HEADER).unwrap()));
        assert!(again.verify([signer()], Hash::NotNeeded).is_ok());
        // `{"alg":"ES384"}`, and a header that is not strict JSON.
        let other = SIGNED.replacen(HEADER, "eyJhbGciOiJFUzM4NCJ9", 1);
        assert_eq!(parse(&other).unwrap().header().algorithm(), Algorithm::ES384);
        let malformed = SIGNED.replacen(HEADER, "eyJhbGciOiJFUzI1NiI9", 1);
        assert!(matches!(parse(&malformed).unwrap_err(), JoseError::Header(_)));
        let changed = SIGNED.replacen("DtEh", "DtEi", 1);
        assert_eq!(parse(&changed).unwrap().verify([signer()], Hash::NotNeeded).unwrap_err(), JoseError::Signature);
    }

    #[test]
    fn the_table_is_bounded_and_keeps_what_it_has() {
        let known = es256();
        let headers: Vec<_> =
            (0..2000).map(|number| header(&format!(r#"{{"alg":"ES256","kid":"{number}"}}"#))).collect();
        for (text, header) in &headers {
            known.remember(text, header);
        }
        let remembered = || headers.iter().filter(|(text, _)| known.recall(text).is_some());
        assert!((SLOTS / 2..=SLOTS).contains(&held(&known)));
        assert_eq!(remembered().count(), held(&known));
        for (text, header) in remembered() {
            assert_eq!(known.recall(text).unwrap().key_id(), header.key_id());
            known.remember(text, header);
        }
        assert!(held(&known) <= SLOTS);
    }

    #[test]
    fn a_long_header_is_not_remembered() {
        let known = es256();
        for (characters, remembered) in [(255, true), (256, true), (258, false), (1000, false)] {
            let json = |padding: usize| format!(r#"{{"alg":"ES256","x":"{}"}}"#, "x".repeat(padding));
            let padding =
                (0..characters).find(|padding| base64url::encode(json(*padding).as_bytes()).len() == characters);
            let (text, header) = header(&json(padding.unwrap()));
            known.remember(&text, &header);
            assert_eq!(known.recall(&text).is_some(), remembered, "{characters}");
        }
    }

    #[test]
    fn debug_shows_no_header() {
        let shown = format!("{:?}", after_a_verified_message());
        assert!(shown.contains("known: 1") && !shown.contains(HEADER), "{shown}");
    }
}
