//! The headers with credentials: [RFC 9110 §11](https://www.rfc-editor.org/rfc/rfc9110#section-11),
//! [RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1) and
//! [RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1).

use super::{Mode, Verdict};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Bearer,
    Dpop,
}

pub(super) enum Presented {
    Absent,
    One(String),
    Several,
}

/// Returns the scheme and the token of the only `Authorization` header.
pub(super) fn read(values: &[Vec<u8>]) -> Verdict<(Scheme, String)> {
    let [value] = values else {
        return Err(if values.is_empty() { &["credentials_missing"] } else { &["credentials_repeated"] });
    };
    let value = trimmed(value);
    let end = value.iter().position(|octet| !is_tchar(*octet)).unwrap_or(value.len());
    let scheme = match String::from_utf8_lossy(&value[..end]).to_ascii_lowercase().as_str() {
        "bearer" => Scheme::Bearer,
        "dpop" => Scheme::Dpop,
        // RFC 6750 §3.1: an unknown scheme counts as no credentials.
        _ => return Err(&["credentials_missing"]),
    };
    // RFC 9110 §11.4: credentials = auth-scheme 1*SP token68.
    let rest = value[end..].strip_prefix(b" ").ok_or(&["credentials_malformed"][..])?;
    let token = String::from_utf8(rest.to_vec()).map_err(|_| &["credentials_malformed"][..])?;
    let token = token.trim_start_matches(' ');
    if !is_token68(token) {
        return Err(&["credentials_malformed"]);
    }
    if token.len() > 16 * 1024 { Err(&["credentials_too_long"]) } else { Ok((scheme, token.to_owned())) }
}

pub(super) fn check_offered(scheme: Scheme, mode: Mode) -> Verdict {
    match (mode, scheme) {
        (Mode::Accept, _) | (Mode::Require, Scheme::Dpop) | (Mode::Ignore, Scheme::Bearer) => Ok(()),
        _ => Err(&["scheme_not_offered"]),
    }
}

/// RFC 9449 §4.3 (1): there is one DPoP header. A comma may have joined two.
pub(super) fn proof(values: &[Vec<u8>]) -> Presented {
    match values {
        [] => Presented::Absent,
        [value] if trimmed(value).is_empty() => Presented::One(String::new()),
        [value] if value.contains(&b',') => Presented::Several,
        [value] => String::from_utf8(trimmed(value).to_vec()).map_or(Presented::Several, Presented::One),
        _ => Presented::Several,
    }
}

/// RFC 9110 §5.5: spaces and tabs around a value are not part of it.
fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// RFC 9110 §5.6.2.
fn is_tchar(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char::from(octet))
}

/// RFC 9110 §11.2: 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=".
fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !body.is_empty() && body.chars().all(|character| character.is_ascii_alphanumeric() || "-._~+/".contains(character))
}
