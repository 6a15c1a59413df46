//! A strict parser of challenges. The challenges of every rejection must be legal.

/// A parsed challenge.
#[derive(Debug, PartialEq)]
pub(super) struct ParsedChallenge {
    pub(super) scheme: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl ParsedChallenge {
    /// Returns the value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let (_, value) = self.parameters.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

/// Parses the value of one `WWW-Authenticate` line, which must be exactly one challenge
/// ([RFC 9110 §11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)), in printable ASCII.
pub(super) fn parse_challenge(line: &str) -> Result<ParsedChallenge, String> {
    if !line.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
        return Err(format!("a challenge is not printable ASCII: {line:?}"));
    }
    parse(line).ok_or_else(|| format!("a challenge is not legal by RFC 9110 §11.6.1: {line:?}"))
}

/// Parses `challenge = auth-scheme [ 1*SP ( token68 / #auth-param ) ]`, but no token68.
fn parse(line: &str) -> Option<ParsedChallenge> {
    let (scheme, mut rest) = take_token(line)?;
    let mut parameters: Vec<(String, String)> = Vec::new();
    if !rest.is_empty() {
        rest = rest.strip_prefix(' ')?;
    }
    while !rest.is_empty() {
        let (name, value, after) = take_parameter(rest.trim_start_matches(' '))?;
        // RFC 9110 §11.2: a parameter name occurs once.
        if parameters.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return None;
        }
        parameters.push((name.to_owned(), value));
        let after = after.trim_start_matches(' ');
        rest = match after.strip_prefix(',') {
            Some(more) if !more.trim().is_empty() => more,
            None if after.is_empty() => after,
            _ => return None,
        };
    }
    Some(ParsedChallenge { scheme: scheme.to_owned(), parameters })
}

/// Parses `auth-param = token BWS "=" BWS ( token / quoted-string )`. Returns the name, the value and the rest.
fn take_parameter(text: &str) -> Option<(&str, String, &str)> {
    let (name, rest) = take_token(text)?;
    let rest = rest.trim_start_matches(' ').strip_prefix('=')?.trim_start_matches(' ');
    if let Some(quoted) = rest.strip_prefix('"') {
        let (value, rest) = take_quoted(quoted)?;
        return Some((name, value, rest));
    }
    let (value, rest) = take_token(rest)?;
    Some((name, value.to_owned(), rest))
}

/// Parses a quoted-string after its opening quote. Returns the unescaped value and the rest after the closing quote.
fn take_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    loop {
        match characters.next()? {
            (end, '"') => return Some((value, text.get(end + 1..)?)),
            (_, '\\') => value.push(characters.next()?.1),
            (_, character) => value.push(character),
        }
    }
}

fn take_token(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|character| !is_tchar(character)).unwrap_or(text.len());
    if end == 0 { None } else { text.split_at_checked(end) }
}

/// Returns whether a character may be part of a token (RFC 9110 §5.6.2).
fn is_tchar(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

mod tests {
    use super::{parse, parse_challenge};

    #[test]
    fn legal_challenges_are_parsed() {
        for (line, scheme, parameters) in [
            ("DPoP", "DPoP", vec![]),
            (r#"Bearer realm="api""#, "Bearer", vec![("realm", "api")]),
            (
                r#"DPoP error="a", error_description="b c, d", algs="ES256""#,
                "DPoP",
                vec![("error", "a"), ("error_description", "b c, d"), ("algs", "ES256")],
            ),
            (r#"Bearer realm=api ,  scope = "a\"b""#, "Bearer", vec![("realm", "api"), ("scope", "a\"b")]),
        ] {
            let parsed = parse(line).map(|parsed| (parsed.scheme, parsed.parameters));
            let expected = parameters.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert_eq!(parsed, Some((scheme.to_owned(), expected)), "{line}");
        }
    }

    #[test]
    fn illegal_challenges_are_rejected() {
        for line in [
            "",
            " Bearer",
            "Bearer,",
            r#"Bearer realm="api"#,
            r#"Bearer realm="api","#,
            r#"Bearer realm="a" error="b""#,
            r#"Bearer realm="a", realm="b""#,
            r#"Bearer realm="a", Realm="b""#,
            r#"Bearer realm="a"b"#,
            "Bearer realm=",
            "Bearer =a",
            "Bearer realm=\"\r\n\"",
            "Bearer realm=\"\u{e9}\"",
        ] {
            assert!(parse_challenge(line).is_err(), "{line:?}");
        }
    }
}
