//! A fetcher reads from any `WWW-Authenticate` headers the error and the scope that the writer of the headers meant. From
//! other text, it reads texts of a bounded length.
//!
//! Input: the choices for headers, not a text.
#![no_main]

use arbitrary::Arbitrary;
use auth0_api_core::Scheme;
use auth0_api_fetcher::fuzzing::{Demanded, demanded};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderValue};

/// Header lines with challenges, and a line of any octets.
#[derive(Arbitrary, Debug)]
struct Draft {
    used: Used,
    lines: Vec<Vec<Challenge>>,
    any: Vec<u8>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Used {
    Bearer,
    Dpop,
}

/// RFC 9110 §11.6.1: a scheme, and a token68 or parameters.
#[derive(Arbitrary, Debug)]
struct Challenge {
    scheme: u8,
    content: Content,
}

#[derive(Arbitrary, Debug)]
enum Content {
    Parameters(Vec<Parameter>),
    Token68(u8),
    None,
}

#[derive(Arbitrary, Debug)]
struct Parameter {
    name: u8,
    value: Vec<u8>,
    style: Style,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Style {
    Quoted,
    /// Each character after a backslash.
    Escaped,
    BlanksAround,
}

libfuzzer_sys::fuzz_target!(|draft: Draft| {
    let used = match draft.used {
        Used::Bearer => Scheme::Bearer,
        Used::Dpop => Scheme::Dpop,
    };
    let lines: Vec<&[Challenge]> = draft.lines.iter().map(|line| &line[..line.len().min(4)]).take(10).collect();
    let written: Vec<String> =
        lines.iter().map(|line| line.iter().map(Challenge::text).collect::<Vec<_>>().join(", ")).collect();
    // A fetcher reads eight lines, each of at most 4 KiB.
    let read = lines.iter().zip(&written).take(8).filter(|(_, text)| text.len() <= 4096);
    let expected = meant(read.flat_map(|(line, _)| line.iter()), used);
    assert_eq!(demanded(&headers(written.iter().map(|text| text.as_bytes())), used), expected, "{written:?}");

    let Demanded { error, scope } = demanded(&headers([draft.any.as_slice()].into_iter()), used);
    let text = String::from_utf8_lossy(&draft.any).to_ascii_lowercase();
    assert!(error.as_ref().is_none_or(|error| error.len() <= 4096 && text.contains("error")));
    let is_scope = |scope: &str| scope.len() <= 1024 && scope.bytes().all(|octet| matches!(octet, b' '..=b'~'));
    assert!(scope.is_none_or(|scope| is_scope(&scope) && !scope.contains(['"', '\\']) && error.is_some()));
});

/// What the writer of the challenges means: the first error of the used scheme, else that of the other scheme.
fn meant<'c>(challenges: impl Iterator<Item = &'c Challenge>, used: Scheme) -> Demanded {
    let with_error = challenges.filter_map(|challenge| {
        let error = challenge.parameter("error")?;
        let scope = challenge
            .parameter_that("scope", |scope| (1..=1024).contains(&scope.len()) && !scope.contains(['"', '\\']));
        let demand = Demanded { error: Some(error.into()), scope: scope.map(Into::into) };
        Some((challenge.scheme().to_ascii_lowercase(), demand))
    });
    let (mut own, mut other) = (None, None);
    for (scheme, demand) in with_error {
        if scheme == used.to_string().to_ascii_lowercase() {
            own = own.or(Some(demand));
        } else if ["bearer", "dpop"].contains(&scheme.as_str()) {
            other = other.or(Some(demand));
        }
    }
    own.or(other).unwrap_or(Demanded { error: None, scope: None })
}

fn headers<'v>(values: impl Iterator<Item = &'v [u8]>) -> HeaderMap {
    values.filter_map(|value| Some((WWW_AUTHENTICATE, HeaderValue::from_bytes(value).ok()?))).collect()
}

impl Challenge {
    fn scheme(&self) -> &'static str {
        SCHEMES[usize::from(self.scheme) % SCHEMES.len()]
    }

    fn text(&self) -> String {
        let scheme = self.scheme();
        match &self.content {
            Content::None => scheme.to_owned(),
            Content::Token68(index) => format!("{scheme} {}", TOKENS[usize::from(*index) % TOKENS.len()]),
            Content::Parameters(parameters) => {
                let parameters: Vec<_> = parameters.iter().take(4).map(Parameter::text).collect();
                format!("{scheme} {}", parameters.join(", "))
            }
        }
    }

    fn parameter(&self, name: &str) -> Option<String> {
        self.parameter_that(name, |_| true)
    }

    /// The first parameter of this name that has such a value.
    fn parameter_that(&self, name: &str, accepted: impl Fn(&str) -> bool) -> Option<String> {
        let Content::Parameters(parameters) = &self.content else { return None };
        let named = parameters.iter().take(4).filter(|parameter| parameter.name().eq_ignore_ascii_case(name));
        named.map(Parameter::value).find(|value| accepted(value))
    }
}

impl Parameter {
    fn name(&self) -> &'static str {
        NAMES[usize::from(self.name) % NAMES.len()]
    }

    /// Visible ASCII and spaces.
    fn value(&self) -> String {
        self.value.iter().map(|octet| char::from(b' ' + octet % 95)).collect()
    }

    fn text(&self) -> String {
        let name = self.name();
        let escaped =
            |character: char| if "\"\\".contains(character) { vec!['\\', character] } else { vec![character] };
        let quoted: String = self.value().chars().flat_map(escaped).collect();
        match self.style {
            Style::Quoted => format!("{name}=\"{quoted}\""),
            Style::Escaped => {
                format!(
                    "{name}=\"{}\"",
                    self.value().chars().flat_map(|character| ['\\', character]).collect::<String>()
                )
            }
            Style::BlanksAround => format!("{name} \t= \"{quoted}\" "),
        }
    }
}

const SCHEMES: [&str; 7] = ["Bearer", "DPoP", "bearer", "DPOP", "Basic", "Negotiate", "error"];
const NAMES: [&str; 7] = ["error", "scope", "ERROR", "Scope", "realm", "error_description", "algs"];
const TOKENS: [&str; 4] = ["abc==", "a/+b", "a.b-c", "QUJD="];
