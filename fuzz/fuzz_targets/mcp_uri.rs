//! Whatever a server takes the URI of a resource for, the requirement of that resource applies, or the URI is denied.
//!
//! Servers read a URI as it is, or decode it, perhaps twice, or parse it as a URL. They may ignore case, empty segments,
//! backslashes, parameters, dots and blanks at the end of a segment, and the streams of NTFS.
#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use auth0_api_core::Requirement;
use auth0_api_mcp::McpRequirements;
use auth0_api_mcp::fuzzing::ResourceRules;
use url::Url;

libfuzzer_sys::fuzz_target!(
    init: for (uri, scope) in [
        ("file:///public/a/b.txt", "public"),
        ("file:///public/hr/pay.pdf", "hr"),
        ("file:///public/b%C3%BCro/a.txt", "office"),
        ("file:///public/list.txt", "list"),
        ("file:///public/geh%C3%A4lter", "pay"),
        ("cal://bob/events/1.ics", "events"),
        ("cal://ada/events/1.ics", "ada"),
        ("https://www.example.com/docs/a", "docs"),
        ("https://intra.example.com/docs/a", "intra"),
    ] {
        assert!(required(uri).is_some_and(|required| required.names_scope(scope)), "{uri}");
    },
    |uri: &str| {
        required(uri);
    }
);

static RULES: LazyLock<ResourceRules> = LazyLock::new(|| {
    let rules = McpRequirements::new(Requirement::scope("base"))
        .resource_template("file:///public/{+path}", Requirement::scope("public"))
        .resource_template("file:///public/hr/{+path}", Requirement::scope("hr"))
        .resource_template("file:///public/b%C3%BCro/{+path}", Requirement::scope("office"))
        .resource(LISTED, Requirement::scope("list"))
        // A server that does not decode it takes it for a URI of the template.
        .resource(PAY, Requirement::scope("public").and(Requirement::scope("pay")))
        .resource_template("cal://{user}/events/{id}.ics", Requirement::scope("events"))
        .resource_template("cal://ada/events/{id}.ics", Requirement::scope("ada"))
        .resource_template("https://{host}/docs/{+path}", Requirement::scope("docs"))
        .resource_template("https://intra.example.com/docs/{+path}", Requirement::scope("intra"));
    ResourceRules::new(rules).expect("requirements")
});

fn required(uri: &str) -> Option<Requirement> {
    let required = RULES.of(uri)?;
    assert!(required.names_scope("base"), "{uri}");
    for reading in readings(uri) {
        let demanded: &[&str] = match reading.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["file:", "public", "list.txt"] => &["list"],
            ["file:", "public", "geh\u{e4}lter"] => &["pay"],
            ["file:", "public", "hr", ..] => &["public", "hr"],
            ["file:", "public", "b\u{fc}ro", ..] => &["public", "office"],
            ["file:", "public", _, ..] => &["public"],
            ["cal:", "ada", "events", _] => &["events", "ada"],
            ["cal:", _, "events", _] => &["events"],
            ["https:", "intra.example.com", "docs", _, ..] => &["docs", "intra"],
            ["https:", _, "docs", _, ..] => &["docs"],
            _ => panic!("{uri:?} is perhaps {reading:?}, which no template names"),
        };
        for scope in demanded {
            assert!(required.names_scope(scope), "{uri:?} is perhaps {reading:?}, without {scope}");
        }
        for (scope, exact) in [("list", LISTED), ("pay", PAY)] {
            assert!(!demanded.contains(&scope) || uri == exact, "{uri:?} is another spelling of {exact}");
        }
    }
    Some(required)
}

/// What servers may take the URI for: its segments, after the scheme.
fn readings(uri: &str) -> BTreeSet<Vec<String>> {
    let mut texts = vec![uri.to_owned()];
    texts.extend(Url::parse(uri).map(String::from));
    for _ in 0..2 {
        let decoded: Vec<_> = texts.iter().map(|text| decoded(text)).collect();
        texts.extend(decoded);
    }
    texts.iter().map(|text| segments(text)).collect()
}

fn segments(text: &str) -> Vec<String> {
    let mut segments = Vec::new();
    let text = caseless(text);
    let is_file = text.starts_with("file:");
    for (place, segment) in text.split(['/', '\\']).enumerate() {
        let ends = |letter: char| matches!(letter, ';' | '?' | '#') || (letter == ':' && is_file && place > 0);
        let segment = segment.split(ends).next().unwrap_or_default();
        match segment {
            ".." => _ = segments.pop(),
            segment => segments.push(segment.trim_end_matches(['.', ' ']).to_owned()),
        }
    }
    segments.retain(|segment| !segment.is_empty());
    segments
}

/// Letters with the same lower or upper case are the same.
fn caseless(text: &str) -> String {
    let letters = text.chars().flat_map(char::to_lowercase);
    letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

fn decoded(text: &str) -> String {
    let (mut octets, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, after @ ..] = rest {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| *first == b'%') {
            Some(octet) => {
                octets.push(octet);
                rest = &after[2..];
            }
            None => {
                octets.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

const LISTED: &str = "file:///public/list.txt";
const PAY: &str = "file:///public/geh%C3%A4lter";
