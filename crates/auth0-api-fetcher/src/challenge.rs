//! What a response demands in `WWW-Authenticate`.

use auth0_api_core::Scheme;
use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

use crate::token::scheme_name;

/// The error of a challenge, with its scope ([RFC 6750 §3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Demand {
    pub(crate) error: Option<Box<str>>,
    pub(crate) scope: Option<Box<str>>,
}

impl Demand {
    /// Reads the challenge of the scheme that the request used. If only the challenge of the other scheme has an error, reads
    /// that one.
    pub(crate) fn read(headers: &HeaderMap, used: Scheme) -> Self {
        let mut other = Self::default();
        let values = headers.get_all(WWW_AUTHENTICATE).iter().take(MAX_VALUES);
        for value in values.filter(|value| value.len() <= MAX_BYTES).filter_map(|value| value.to_str().ok()) {
            for (scheme, demand) in challenges(value) {
                if demand.error.is_none() {
                    continue;
                }
                if scheme.eq_ignore_ascii_case(scheme_name(used)) {
                    return demand;
                }
                if ["bearer", "dpop"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) && other.error.is_none() {
                    other = demand;
                }
            }
        }
        other
    }
}

/// Splits a value into its challenges ([RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)). Text that
/// is not a challenge ends the list.
fn challenges(value: &str) -> Vec<(&str, Demand)> {
    let mut found: Vec<(&str, Demand)> = Vec::new();
    let mut rest = value;
    loop {
        // The equals signs are the end of a token68.
        rest = rest.trim_start_matches([' ', '\t', ',', '=']);
        let Some((name, after)) = take_token(rest) else { return found };
        rest = if let Some((text, after)) = parameter(after) {
            let Some((_, demand)) = found.last_mut() else { return found };
            set(demand, name, text);
            after
        } else {
            // A token without a value is a scheme, or the token68 of one, such as that of `Negotiate`.
            found.push((name, Demand::default()));
            after
        };
    }
}

/// Returns the value of a parameter whose name ends where this text begins.
fn parameter(after_name: &str) -> Option<(String, &str)> {
    let value = after_name.trim_start_matches([' ', '\t']).strip_prefix('=')?.trim_start_matches([' ', '\t']);
    if let Some(quoted) = value.strip_prefix('"') {
        return take_quoted(quoted);
    }
    take_token(value).map(|(token, after)| (token.to_owned(), after))
}

fn take_token(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|octet| !is_token_octet(octet)).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(token, _)| !token.is_empty())
}

/// RFC 9110 §5.6.4: a backslash quotes the next character.
fn take_quoted(text: &str) -> Option<(String, &str)> {
    let (mut value, mut characters) = (String::new(), text.char_indices());
    while let Some((position, character)) = characters.next() {
        match character {
            '"' => return Some((value, text.get(position + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            _ => value.push(character),
        }
    }
    None
}

/// Keeps the first value of a name.
fn set(demand: &mut Demand, name: &str, value: String) {
    if name.eq_ignore_ascii_case("error") {
        demand.error.get_or_insert_with(|| value.into());
    } else if name.eq_ignore_ascii_case("scope") && is_scope(&value) {
        demand.scope.get_or_insert_with(|| value.into());
    }
}

/// RFC 6749 §3.3: the characters of a scope. The scope goes into errors and logs, so its length is bounded.
fn is_scope(text: &str) -> bool {
    let allowed = |octet: u8| matches!(octet, b' ' | 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    (1..=MAX_SCOPE_BYTES).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_token_octet(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~/".contains(&octet)
}

/// Servers write one value for each scheme.
const MAX_VALUES: usize = 8;
const MAX_BYTES: usize = 4 * 1024;
/// Room for a few dozen scopes.
const MAX_SCOPE_BYTES: usize = 1024;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    fn read(values: &[&str], used: Scheme) -> (Option<String>, Option<String>) {
        let values = values.iter().map(|value| (WWW_AUTHENTICATE, value.parse().unwrap()));
        let demand = Demand::read(&values.collect(), used);
        (demand.error.map(Into::into), demand.scope.map(Into::into))
    }

    #[test]
    fn the_challenge_of_the_used_scheme_is_read() {
        let long = format!("Bearer error=\"x\", scope=\"{}\"", "a".repeat(MAX_SCOPE_BYTES + 1));
        for (values, used, error, scope) in [
            (&["Bearer error=\"invalid_token\""][..], Scheme::Bearer, Some("invalid_token"), None),
            (&["bearer  ERROR = invalid_token"], Scheme::Bearer, Some("invalid_token"), None),
            (
                &["Bearer realm=\"a, b\", error=\"insufficient_scope\", scope=\"a b\""],
                Scheme::Bearer,
                Some("insufficient_scope"),
                Some("a b"),
            ),
            (
                &["Bearer realm=\"x\", DPoP error=\"use_dpop_nonce\", algs=\"ES256\""],
                Scheme::Dpop,
                Some("use_dpop_nonce"),
                None,
            ),
            (&["Bearer realm=\"x\"", "DPoP error=\"use_dpop_nonce\""], Scheme::Dpop, Some("use_dpop_nonce"), None),
            (&["DPoP error=\"a\"", "Bearer error=\"b\""], Scheme::Bearer, Some("b"), None),
            (&["Bearer error=\"invalid_token\"", "DPoP algs=\"ES256\""], Scheme::Dpop, Some("invalid_token"), None),
            (&["Negotiate abc==, Bearer error=\"invalid_token\""], Scheme::Bearer, Some("invalid_token"), None),
            (&["Negotiate abc/+, Bearer error=\"invalid_token\""], Scheme::Bearer, Some("invalid_token"), None),
            (&["Bearer error_description=\"error=\\\"x\\\"\", error=\"y\""], Scheme::Bearer, Some("y"), None),
            (&["Bearer error=\"a\", error=\"b\""], Scheme::Bearer, Some("a"), None),
            (&["Basic realm=\"x\", error=\"invalid_token\""], Scheme::Bearer, None, None),
            (&["Bearer error=\"unterminated"], Scheme::Bearer, None, None),
            (&["error=\"invalid_token\""], Scheme::Bearer, None, None),
            (&["Bearer"], Scheme::Bearer, None, None),
            (&[""], Scheme::Bearer, None, None),
            (&["Bearer error=\"x\", scope=\"a\\\"b\""], Scheme::Bearer, Some("x"), None),
            (&[long.as_str()], Scheme::Bearer, Some("x"), None),
        ] {
            assert_eq!(read(values, used), (error.map(Into::into), scope.map(Into::into)), "{values:?}");
        }
    }
}
