//! Whatever a server takes the URI of a resource for, the requirement of that resource applies, or the URI is denied.
//!
//! Servers read a URI as it is, or decode it, perhaps twice, or parse it as a URL. They may ignore case, empty segments,
//! backslashes, parameters, dots and blanks at the end of a segment, and the streams of NTFS. On Windows, a path without a drive
//! is on the current one, and Python takes a letter before a colon for a drive wherever it stands.
#![no_main]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use auth0_api_core::Requirement;
use auth0_api_mcp::McpRequirements;
use auth0_api_mcp::fuzzing::ResourceRules;
use url::Url;

libfuzzer_sys::fuzz_target!(
    init: {
        for (uri, scope) in [
            ("file:///public/a/b.txt", "public"),
            ("file:///public/2026-01-01T12:00:00.log", "public"),
            ("file:///public/hr/pay.pdf", "hr"),
            ("file:///public/b%C3%BCro/a.txt", "office"),
            ("file:///public/2026/12:00", "old"),
            ("file:///public/list.txt", "list"),
            ("file:///public/geh%C3%A4lter", "pay"),
            ("cal://bob/events/1.ics", "events"),
            ("cal://ada/events/1.ics", "ada"),
            ("https://www.example.com/docs/a", "docs"),
            ("https://intra.example.com/docs/a", "intra"),
        ] {
            assert!(required(uri).is_some_and(|required| required.names_scope(scope)), "{uri}");
        }
        for (uri, scope) in [
            ("file:///a/12:00", "any"),
            ("file:///c:/hr/pay.pdf", "hr"),
            ("file:///hr/pay.pdf", "hr"),
            ("file:///2026/pay.pdf", "old"),
            ("file:///c:/2026/pay.pdf", "old"),
            ("file://server/hr/pay.pdf", "share"),
            (PLAN, "plan"),
        ] {
            assert!(required_on_drives(uri).is_some_and(|required| required.names_scope(scope)), "{uri}");
        }
    },
    |uri: &str| {
        required(uri);
        required_on_drives(uri);
    }
);

static RULES: LazyLock<ResourceRules> = LazyLock::new(|| {
    let rules = McpRequirements::new(Requirement::scope("base"))
        .resource_template("file:///public/{+path}", Requirement::scope("public"))
        .resource_template("file:///public/hr/{+path}", Requirement::scope("hr"))
        .resource_template("file:///public/b%C3%BCro/{+path}", Requirement::scope("office"))
        .resource_template("file:///public/2026/{+path}", Requirement::scope("old"))
        .resource(LISTED, Requirement::scope("list"))
        // A server that does not decode it takes it for a URI of the template.
        .resource(PAY, Requirement::scope("public").and(Requirement::scope("pay")))
        .resource_template("cal://{user}/events/{id}.ics", Requirement::scope("events"))
        .resource_template("cal://ada/events/{id}.ics", Requirement::scope("ada"))
        .resource_template("https://{host}/docs/{+path}", Requirement::scope("docs"))
        .resource_template("https://intra.example.com/docs/{+path}", Requirement::scope("intra"));
    ResourceRules::new(rules).expect("requirements")
});

/// For a server on Windows.
static RULES_OF_DRIVES: LazyLock<ResourceRules> = LazyLock::new(|| {
    let rules = McpRequirements::new(Requirement::scope("base"))
        .resource_template("file:///{+path}", Requirement::scope("any"))
        .resource_template("file:///hr/{+path}", Requirement::scope("hr"))
        .resource_template("file:///c:/2026/{+path}", Requirement::scope("old"))
        // The readings do not show whether a segment is a host.
        .resource_template("file://server/{+path}", Requirement::scope("any").and(Requirement::scope("share")))
        .resource(PLAN, Requirement::scope("any").and(Requirement::scope("plan")));
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
            ["file:", "public", "2026", ..] => &["public", "old"],
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

fn required_on_drives(uri: &str) -> Option<Requirement> {
    let required = RULES_OF_DRIVES.of(uri)?;
    for reading in readings(uri) {
        let mut segments: Vec<_> = reading.iter().map(String::as_str).collect();
        let drive = segments.get(1).copied().filter(|segment| is_drive(segment));
        if drive.is_some() {
            segments.remove(1);
        }
        let is_on_c = drive.is_none_or(|drive| drive == "c:");
        let demanded: &[&str] = match segments[..] {
            ["file:", "hr", ..] => &["any", "hr"],
            ["file:", "2026", ..] if is_on_c => &["any", "old"],
            ["file:", "plan"] if is_on_c => &["any", "plan"],
            ["file:"] => panic!("{uri:?} is perhaps the current directory of a drive, which no template names"),
            ["file:", ..] => &["any"],
            _ => panic!("{uri:?} is perhaps {reading:?}, which no template names"),
        };
        for scope in demanded {
            assert!(required.names_scope(scope), "{uri:?} is perhaps {reading:?}, without {scope}");
        }
        assert!(!demanded.contains(&"plan") || uri == PLAN, "{uri:?} is another spelling of {PLAN}");
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
    let on_drives: Vec<_> = texts.iter().filter_map(|text| on_drive(text)).collect();
    texts.extend(on_drives);
    texts.iter().map(|text| segments(text)).collect()
}

/// What the function `url2pathname` of Python takes a path with one colon, or one bar, for on Windows.
fn on_drive(text: &str) -> Option<String> {
    let (scheme, path) = text.split_at_checked("file:".len())?;
    let path = path.replace('|', ":");
    let (before, after) = path.split_once(':').filter(|(_, after)| !after.contains(':'))?;
    let drive = before.chars().last().filter(|letter| letter.is_ascii_alphabetic() && caseless(scheme) == "file:")?;
    Some(format!("file:///{drive}:/{after}"))
}

fn is_drive(segment: &str) -> bool {
    matches!(segment.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

fn segments(text: &str) -> Vec<String> {
    let mut segments: Vec<String> = Vec::new();
    let text = caseless(text);
    let is_file = text.starts_with("file:");
    for (place, segment) in text.split(['/', '\\']).enumerate() {
        let is_first = segments.iter().filter(|segment| !segment.is_empty()).count() == 1;
        if is_file && is_first && is_drive(segment) {
            segments.push(segment.to_owned());
            continue;
        }
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
const PLAN: &str = "file:///c:/plan";
