//! The credentials of a request: a scheme, a token, and perhaps a proof
//! ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1),
//! [RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)).
//!
//! Tokens are read only from the `Authorization` header. One function, [`extract_token`](crate::extract::extract_token), also
//! reads tokens from the query and from forms. No adapter uses this function.

use std::fmt;

use crate::request::{Repeated, TokenRequest, field_value};

/// An authentication scheme that carries an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// [RFC 6750](https://www.rfc-editor.org/rfc/rfc6750).
    Bearer,
    /// [RFC 9449](https://www.rfc-editor.org/rfc/rfc9449).
    Dpop,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Scheme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

/// A token and its scheme, which are well-formed by the rules of HTTP. The content of the token has not been parsed
/// yet.
#[derive(Clone, Copy)]
pub(crate) struct Credentials<'r> {
    scheme: Scheme,
    token: &'r str,
    proof: Presented<'r>,
}

/// The `DPoP` header of a request.
#[derive(Clone, Copy)]
pub(crate) enum Presented<'r> {
    Absent,
    /// More than one header, a value with a comma, or a value that is not UTF-8.
    Malformed,
    Once(&'r str),
}

/// Why a request has no usable credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The token is not a single token68 ([RFC 9110 §11.2](https://www.rfc-editor.org/rfc/rfc9110#section-11.2)).
    #[error("the request has no well-formed access token")]
    Malformed {
        /// The scheme of the request.
        scheme: Scheme,
    },
    /// The request has no `Authorization` header, or the header has a scheme other than `Bearer` and `DPoP`
    /// ([RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    #[error("no access token was presented")]
    Missing,
    /// The request has more than one `Authorization` header.
    #[error("the request has several Authorization headers")]
    Repeated {
        /// Whether one of these headers has the scheme `Bearer`.
        bearer: bool,
        /// Whether one of these headers has the scheme `DPoP`.
        dpop: bool,
    },
    /// The configured policy does not accept the scheme.
    #[error("the policy does not accept the scheme {scheme}")]
    SchemeNotOffered {
        /// The scheme of the request.
        scheme: Scheme,
    },
    /// The token is longer than 16 KiB.
    #[error("the token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong {
        /// The scheme of the request.
        scheme: Scheme,
    },
    /// The request has a token in more than one place (header, query, form), or more than once in a place
    /// ([RFC 6750 §2](https://www.rfc-editor.org/rfc/rfc6750#section-2)).
    #[error("the request has tokens in several places")]
    SeveralMethods,
}

impl<'r> Credentials<'r> {
    /// Creates the credentials of a raw token, with the scheme `Bearer`.
    pub(crate) fn bearer(token: &'r str) -> Result<Self, CredentialsError> {
        let token = bounded(Scheme::Bearer, token)?;
        Ok(Self { scheme: Scheme::Bearer, token, proof: Presented::Absent })
    }

    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    pub(crate) fn token(&self) -> &'r str {
        self.token
    }

    pub(crate) fn proof(&self) -> Presented<'r> {
        self.proof
    }
}

impl<'r> TryFrom<&TokenRequest<'r>> for Credentials<'r> {
    type Error = CredentialsError;

    fn try_from(request: &TokenRequest<'r>) -> Result<Self, Self::Error> {
        let authorization = request.single("authorization").map_err(|Repeated| repeated(request))?;
        let (scheme, token) = parse_authorization(authorization.ok_or(CredentialsError::Missing)?)?;
        Ok(Self { scheme, token, proof: presented_proof(request) })
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// Parses one `Authorization` value: `scheme 1*SP token68` (RFC 9110 §11.4).
pub(crate) fn parse_authorization(value: &[u8]) -> Result<(Scheme, &str), CredentialsError> {
    let value = field_value(value);
    let end = value.iter().position(|octet| !is_token_char(*octet)).unwrap_or(value.len());
    let (name, rest) = value.split_at_checked(end).unwrap_or((value, &[]));
    let scheme = scheme_named(name).ok_or(CredentialsError::Missing)?;
    let malformed = CredentialsError::Malformed { scheme };
    // RFC 9110 §11.4: one or more spaces follow the scheme. A tab is not allowed.
    if rest.first() != Some(&b' ') {
        return Err(malformed);
    }
    let spaces = rest.iter().take_while(|octet| **octet == b' ').count();
    let token = std::str::from_utf8(rest.get(spaces..).unwrap_or_default()).map_err(|_| malformed)?;
    if is_token68(token) { Ok((scheme, bounded(scheme, token)?)) } else { Err(malformed) }
}

fn scheme_named(name: &[u8]) -> Option<Scheme> {
    if name.eq_ignore_ascii_case(b"bearer") {
        Some(Scheme::Bearer)
    } else if name.eq_ignore_ascii_case(b"dpop") {
        Some(Scheme::Dpop)
    } else {
        None
    }
}

fn bounded(scheme: Scheme, token: &str) -> Result<&str, CredentialsError> {
    if token.len() > MAX_TOKEN_BYTES { Err(CredentialsError::TooLong { scheme }) } else { Ok(token) }
}

fn repeated(request: &TokenRequest<'_>) -> CredentialsError {
    let (mut bearer, mut dpop) = (false, false);
    request.headers.each_value("authorization", &mut |value| {
        let name = field_value(value).split(|octet| *octet == b' ').next().unwrap_or_default();
        bearer |= scheme_named(name) == Some(Scheme::Bearer);
        dpop |= scheme_named(name) == Some(Scheme::Dpop);
    });
    CredentialsError::Repeated { bearer, dpop }
}

fn presented_proof<'r>(request: &TokenRequest<'r>) -> Presented<'r> {
    match request.single("dpop") {
        Ok(None) => Presented::Absent,
        // RFC 9110 §5.3: an intermediary may join two header lines with a comma. So a value with a comma is treated as
        // two headers.
        Ok(Some(value)) if !value.contains(&b',') => {
            std::str::from_utf8(value).map_or(Presented::Malformed, Presented::Once)
        }
        _ => Presented::Malformed,
    }
}

/// RFC 9110 §5.6.2: returns whether the text is a `token` of HTTP, such as the name of a header.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_char)
}

fn is_token_char(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// RFC 9110 §11.2: returns whether the text is letters, digits and `-._~+/`, then any number of `=`.
pub(crate) fn is_token68(text: &str) -> bool {
    // By octets: `trim_end_matches` takes three times as long, and anybody can send 60 KiB of `=`.
    let mut body = text.as_bytes();
    while let [before @ .., b'='] = body {
        body = before;
    }
    // `fold` with `|` has no early exit, unlike `all`. So the compiler can check many octets with one instruction.
    !body.is_empty() && body.iter().fold(0, |all, octet| all | outside_token68(*octet)) == 0
}

/// Returns 0 for a character that a token68 may have before its `=`, and another number for every other octet.
///
/// Each term is 0 for the characters that it stands for, so the smallest term is 0 if one of them is. Subtractions that
/// stop at 0 replace comparisons, which vector instructions have for signed numbers only.
fn outside_token68(octet: u8) -> u8 {
    // The bit 0x20 makes upper-case letters lower case, and makes no other octet a letter.
    let letter = (octet | 0x20).wrapping_sub(b'a').saturating_sub(b'z' - b'a');
    // '-', '.', '/' and the digits follow each other.
    let digit = octet.wrapping_sub(b'-').saturating_sub(b'9' - b'-');
    letter.min(digit).min(octet ^ b'_').min(octet ^ b'~').min(octet ^ b'+')
}

/// Auth0's tokens have 1 to 4 KiB. Common servers accept 8 to 16 KiB for all headers together.
pub(crate) const MAX_TOKEN_BYTES: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::{
        Credentials, CredentialsError, Presented, Scheme, is_token, is_token68, parse_authorization, presented_proof,
    };
    use crate::request::TokenRequest;

    #[test]
    fn spaces_and_tabs_around_credentials_are_removed_and_nothing_else() {
        let proof = |value: &str| {
            let headers = [("dpop", value.as_bytes())];
            match presented_proof(&TokenRequest::new("GET", "https://api.example.com/", &headers)) {
                Presented::Once(proof) => proof.to_owned(),
                Presented::Absent | Presented::Malformed => "none".to_owned(),
            }
        };
        for blanks in ["", " ", "\t", " \t "] {
            let value = format!("{blanks}Bearer abc{blanks}");
            assert_eq!(parse_authorization(value.as_bytes()), Ok((Scheme::Bearer, "abc")), "{value:?}");
            assert_eq!(proof(&format!("{blanks}a.b.c{blanks}")), "a.b.c", "{blanks:?}");
        }
        for other in ["\n", "\r\n", "\u{c}", "\u{b}", "\0"] {
            let malformed = Err(CredentialsError::Malformed { scheme: Scheme::Bearer });
            assert_eq!(parse_authorization(format!("Bearer abc{other}").as_bytes()), malformed, "{other:?}");
            let before = format!("{other}Bearer abc");
            assert_eq!(parse_authorization(before.as_bytes()), Err(CredentialsError::Missing), "{other:?}");
            assert_eq!(proof(&format!("a.b.c{other}")), format!("a.b.c{other}"));
        }
    }

    #[test]
    fn a_token68_has_these_characters_and_no_other() {
        let allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/";
        for character in '\0'..='\u{ff}' {
            let text = format!("a{character}a");
            assert_eq!(is_token68(&text), allowed.contains(character), "{text:?}");
        }
        for (text, expected) in [("a==", true), ("a=", true), ("=", false), ("==", false), ("", false), ("=a", false)] {
            assert_eq!(is_token68(text), expected, "{text}");
        }
        for twice in ["a\"\"", "\"a\"", "a=bb", "a=b=b"] {
            assert!(!is_token68(twice), "{twice}");
        }
    }

    #[test]
    fn header_names_are_tokens() {
        assert!(is_token("x-ssl-client-cert"));
        for rejected in ["", "x ssl", "x:ssl", "x\nssl", "é"] {
            assert!(!is_token(rejected), "{rejected}");
        }
    }

    #[test]
    fn several_authorization_headers_are_rejected_with_their_schemes() {
        for (lines, bearer, dpop) in [
            (["Bearer a", "bearer b"], true, false),
            (["DPoP a", "dpop b"], false, true),
            (["DPoP a", "Bearer b"], true, true),
            (["Bearer a", "Basic b"], true, false),
            (["Basic a", "DPoP b"], false, true),
            (["Basic a", "Basic b"], false, false),
        ] {
            let headers = lines.map(|line| ("authorization", line));
            let read = Credentials::try_from(&TokenRequest::new("GET", "https://api.example.com/", &headers));
            assert_eq!(read.err(), Some(CredentialsError::Repeated { bearer, dpop }), "{lines:?}");
        }
    }

    #[test]
    fn a_proof_is_one_header_without_a_comma() {
        let proof = |lines: &[&'static [u8]]| {
            let headers: Vec<_> = lines.iter().map(|line| ("dpop", *line)).collect();
            match presented_proof(&TokenRequest::new("GET", "https://api.example.com/", &headers)) {
                Presented::Absent => "absent".to_owned(),
                Presented::Malformed => "malformed".to_owned(),
                Presented::Once(proof) => format!("once {proof}"),
            }
        };
        for (lines, expected) in [
            (&[][..], "absent"),
            (&[&b"a.b.c"[..]], "once a.b.c"),
            (&[b"a.b.c,d.e.f"], "malformed"),
            (&[b"a.b.c", b"a.b.c"], "malformed"),
            (&[b"a.b.\xff"], "malformed"),
        ] {
            assert_eq!(proof(lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn a_token_has_16_kib_at_most() {
        let longest = "a".repeat(16_384);
        assert_eq!(Credentials::bearer(&longest).map(|read| read.token().len()), Ok(16_384));
        let too_long = CredentialsError::TooLong { scheme: Scheme::Bearer };
        assert_eq!(Credentials::bearer(&format!("{longest}a")).err(), Some(too_long));
        let too_long = CredentialsError::TooLong { scheme: Scheme::Dpop };
        assert_eq!(parse_authorization(format!("DPoP {longest}a").as_bytes()), Err(too_long));
    }

    #[test]
    fn an_error_names_the_scheme_as_http_writes_it() {
        let shown =
            [Scheme::Bearer, Scheme::Dpop].map(|scheme| CredentialsError::SchemeNotOffered { scheme }.to_string());
        assert_eq!(
            shown,
            ["the policy does not accept the scheme Bearer", "the policy does not accept the scheme DPoP"]
        );
    }
}
