//! The JOSE header. Only the members that are used here are read.

use std::borrow::Cow;

use super::{Algorithm, AlgorithmSet, JoseError, Object};

/// The header of a signed message. The caller allows the algorithm of the header.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    members: Object,
    algorithm: Algorithm,
    key_id: Option<Box<str>>,
}

impl Header {
    pub(crate) fn parse(json: Vec<u8>, allowed: &AlgorithmSet) -> Result<Self, JoseError> {
        let members = Object::parse(json).map_err(JoseError::Header)?;
        let algorithm = admit_algorithm(&members, allowed)?;
        reject_extensions(&members)?;
        let key_id = read_key_id(&members)?;
        Ok(Self { members, algorithm, key_id })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The `kid`: an opaque name for the look-up of a key. The name is never used in a path or a URL.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The `typ`. RFC 7515 §4.1.9 lets a sender omit the prefix `application/`; [`MediaType::is`] accepts both forms.
    pub(crate) fn media_type(&self) -> Result<Option<MediaType<'_>>, JoseError> {
        Ok(self.members.string("typ").map_err(|_| JoseError::Type)?.map(MediaType))
    }

    /// The JSON text of the embedded `jwk`. Only the check of a proof uses it.
    pub(crate) fn embedded_key(&self) -> Option<&str> {
        self.members.raw("jwk")
    }
}

/// A `typ`. It is compared as a media type: letter case and the prefix `application/` make no difference.
#[derive(Debug)]
pub(crate) struct MediaType<'h>(pub(super) Cow<'h, str>);

impl MediaType<'_> {
    /// Whether this is the media type `application/{name}`.
    pub(crate) fn is(&self, name: &str) -> bool {
        let full = self.0.as_bytes();
        let short = match full.split_at_checked(APPLICATION.len()) {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case(APPLICATION) => rest,
            _ => full,
        };
        short.eq_ignore_ascii_case(name.as_bytes())
    }
}

fn admit_algorithm(members: &Object, allowed: &AlgorithmSet) -> Result<Algorithm, JoseError> {
    let Ok(Some(name)) = members.string("alg") else {
        return Err(JoseError::AlgorithmMissing);
    };
    // RFC 8725 §2.1: HMAC algorithms are rejected in any letter case, before any key is looked up.
    if name.as_bytes().get(..2).is_some_and(|start| start.eq_ignore_ascii_case(b"hs")) {
        return Err(JoseError::Symmetric);
    }
    let algorithm = name.parse().map_err(|_| JoseError::AlgorithmUnknown)?;
    // RFC 8725 §3.1: the caller's list determines which algorithms are used. The message does not.
    if allowed.contains(algorithm) { Ok(algorithm) } else { Err(JoseError::AlgorithmNotAllowed { algorithm }) }
}

fn reject_extensions(members: &Object) -> Result<(), JoseError> {
    // RFC 7515 §4.1.11: a message with an extension that the recipient does not support is invalid. This crate supports
    // none.
    if members.contains("crit") {
        return Err(JoseError::Critical);
    }
    // RFC 7797 §7: a JWT must not have b64=false. So only the default, b64=true, is accepted.
    match members.get("b64") {
        Ok(None | Some(true)) => Ok(()),
        _ => Err(JoseError::UnencodedPayload),
    }
}

fn read_key_id(members: &Object) -> Result<Option<Box<str>>, JoseError> {
    match members.string("kid") {
        Ok(Some(kid)) if kid.len() > MAX_KEY_ID_BYTES => Err(JoseError::KeyId),
        Ok(kid) => Ok(kid.map(Into::into)),
        Err(_) => Err(JoseError::KeyId),
    }
}

const APPLICATION: &[u8] = b"application/";
/// Auth0's key ids have 21 bytes. The limit is a choice of this crate.
pub(super) const MAX_KEY_ID_BYTES: usize = 256;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::jose::JsonError;

    fn read(json: &str) -> Result<Header, JoseError> {
        Header::parse(json.into(), &AlgorithmSet::new([Algorithm::RS256, Algorithm::EdDSA]).unwrap())
    }

    #[test]
    fn an_algorithm_is_admitted_by_its_exact_name() {
        let not_allowed = |algorithm| JoseError::AlgorithmNotAllowed { algorithm };
        let table = [
            (r#"{"alg":"RS256"}"#, Ok(Algorithm::RS256)),
            (r#"{"alg":"\u0052S256"}"#, Ok(Algorithm::RS256)),
            (r#"{"alg":"EdDSA"}"#, Ok(Algorithm::EdDSA)),
            (r#"{"alg":"Ed25519"}"#, Ok(Algorithm::EdDSA)),
            (r#"{"alg":"RS384"}"#, Err(not_allowed(Algorithm::RS384))),
            (r#"{"alg":"PS256"}"#, Err(not_allowed(Algorithm::PS256))),
            (r#"{"alg":"ES256"}"#, Err(not_allowed(Algorithm::ES256))),
            (r#"{"alg":"HS256"}"#, Err(JoseError::Symmetric)),
            (r#"{"alg":"HS384"}"#, Err(JoseError::Symmetric)),
            (r#"{"alg":"HS512"}"#, Err(JoseError::Symmetric)),
            (r#"{"alg":"hs256"}"#, Err(JoseError::Symmetric)),
            (r#"{"alg":"Hs512"}"#, Err(JoseError::Symmetric)),
            (r#"{"alg":"\u0048S256"}"#, Err(JoseError::Symmetric)),
            (r#"{"alg":"none"}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":"None"}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":"nOnE"}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":"NONE"}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":""}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":"H"}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":"rs256"}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":"RS256 "}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":"ES256K"}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#, Err(JoseError::AlgorithmUnknown)),
            (r#"{"alg":null}"#, Err(JoseError::AlgorithmMissing)),
            (r#"{"alg":256}"#, Err(JoseError::AlgorithmMissing)),
            (r#"{"alg":["RS256"]}"#, Err(JoseError::AlgorithmMissing)),
            (r#"{"Alg":"RS256"}"#, Err(JoseError::AlgorithmMissing)),
            (r"{}", Err(JoseError::AlgorithmMissing)),
        ];
        for (json, expected) in table {
            assert_eq!(read(json).map(|header| header.algorithm()), expected, "{json}");
        }
    }

    #[test]
    fn a_header_is_one_strict_object() {
        let table = [
            (r#"{"alg":"RS256","alg":"RS256"}"#, JsonError::DuplicateMember),
            (r#"{"alg":"RS256","\u0061lg":"none"}"#, JsonError::DuplicateMember),
            (r#"{"alg":"RS256","jwk":{"kty":"EC","kty":"RSA"}}"#, JsonError::DuplicateMember),
            (r#"["RS256"]"#, JsonError::NotAnObject),
            (r#"{"alg":"RS256"}{}"#, JsonError::NotAnObject),
        ];
        for (json, expected) in table {
            assert_eq!(read(json).unwrap_err(), JoseError::Header(expected), "{json}");
        }
    }

    #[test]
    fn every_critical_extension_is_rejected() {
        for json in [
            r#"{"alg":"RS256","crit":["exp"],"exp":1}"#,
            r#"{"alg":"RS256","crit":["b64"],"b64":true}"#,
            r#"{"alg":"RS256","crit":["b64"],"b64":false}"#,
            r#"{"alg":"RS256","crit":[]}"#,
            r#"{"alg":"RS256","crit":null}"#,
            r#"{"alg":"RS256","\u0063rit":["exp"]}"#,
        ] {
            assert_eq!(read(json).unwrap_err(), JoseError::Critical, "{json}");
        }
        assert!(read(r#"{"alg":"RS256","jwk":{"crit":["exp"]}}"#).is_ok());
    }

    #[test]
    fn an_unencoded_payload_is_rejected() {
        assert!(read(r#"{"alg":"RS256","b64":true}"#).is_ok());
        for b64 in ["false", "null", "0", r#""true""#, "[true]"] {
            let json = format!(r#"{{"alg":"RS256","b64":{b64}}}"#);
            assert_eq!(read(&json).unwrap_err(), JoseError::UnencodedPayload, "{json}");
        }
    }

    #[test]
    fn a_key_id_is_a_string_of_at_most_256_bytes() {
        let with = |kid: &str| read(&format!(r#"{{"alg":"RS256","kid":{kid}}}"#));
        for (kid, value) in [
            (r#""""#.to_owned(), String::new()),
            (r#""../\u0000""#.to_owned(), "../\0".to_owned()),
            (format!(r#""{}""#, "k".repeat(256)), "k".repeat(256)),
            (format!(r#""{}""#, "é".repeat(128)), "é".repeat(128)),
            (format!(r#""{}""#, r"\u006b".repeat(256)), "k".repeat(256)),
        ] {
            assert_eq!(with(&kid).unwrap().key_id(), Some(value.as_str()));
        }
        for kid in [
            format!(r#""{}""#, "k".repeat(257)),
            format!(r#""{}é""#, "k".repeat(255)),
            format!(r#""{}""#, r"\u006b".repeat(257)),
            "null".to_owned(),
            "1".to_owned(),
            r#"["k"]"#.to_owned(),
        ] {
            assert_eq!(with(&kid).unwrap_err(), JoseError::KeyId, "{kid}");
        }
        assert_eq!(read(r#"{"alg":"RS256"}"#).unwrap().key_id(), None);
    }

    #[test]
    fn media_types_are_compared_without_case_and_prefix() {
        for (typ, name, same) in [
            ("at+jwt", "at+jwt", true),
            ("AT+JWT", "at+jwt", true),
            ("application/at+jwt", "at+jwt", true),
            ("Application/AT+jwt", "at+jwt", true),
            ("JWT", "jwt", true),
            ("dpop+jwt", "dpop+jwt", true),
            ("dpop+jwt", "jwt", false),
            ("jwt", "dpop+jwt", false),
            ("application/application/at+jwt", "at+jwt", false),
            ("text/at+jwt", "at+jwt", false),
            ("applicatiom/at+jwt", "at+jwt", false),
            ("/at+jwt", "at+jwt", false),
            ("at+jwt ", "at+jwt", false),
            ("at+jwt;v=1", "at+jwt", false),
            ("at+jwt\\u0000", "at+jwt", false),
            ("application/", "at+jwt", false),
            ("", "at+jwt", false),
        ] {
            let header = read(&format!(r#"{{"alg":"RS256","typ":"{typ}"}}"#)).unwrap();
            assert_eq!(header.media_type().unwrap().unwrap().is(name), same, "{typ:?} and {name}");
        }
    }

    #[test]
    fn a_media_type_is_a_string_or_absent() {
        for typ in ["null", "1", "[]", r#"["JWT"]"#] {
            let header = read(&format!(r#"{{"alg":"RS256","typ":{typ}}}"#)).unwrap();
            assert_eq!(header.media_type().unwrap_err(), JoseError::Type, "{typ}");
        }
        assert!(read(r#"{"alg":"RS256"}"#).unwrap().media_type().unwrap().is_none());
    }

    #[test]
    fn an_embedded_key_is_returned_as_written() {
        assert_eq!(read(r#"{"alg":"RS256","jwk": {"kty": 5} }"#).unwrap().embedded_key(), Some(r#"{"kty": 5}"#));
        assert_eq!(read(r#"{"alg":"RS256","jku":"https://evil.example/"}"#).unwrap().embedded_key(), None);
    }
}
