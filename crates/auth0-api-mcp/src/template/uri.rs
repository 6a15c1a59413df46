//! The spellings of a URI.

use std::fmt::Write as _;

/// Whether a URI is written in the one spelling that templates match. Many servers treat other spellings as the same
/// resource: the SDK for TypeScript parses and prints a URI before it looks it up, and file systems ignore empty segments.
///
/// 1. The scheme and the authority are in lower case, and there is no user information.
/// 2. There is no query and no fragment, not even an empty one. There are no empty segments except at the end, and none of
///    which nothing is left when it is [folded]: `.`, `..`, `;a` and `%20`. Otherwise `file:///hr/;a` would match
///    `file:///hr/{+path}`, and some servers would take it for the root.
/// 3. A character is percent-encoded, with digits in upper case, exactly if it cannot stand in a path ([RFC 3986
///    §3.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.3)). A slash, a backslash, a percent sign, a question mark, a
///    number sign and a control character cannot stand in a path in any spelling.
/// 4. A `file` URI has a colon only in its path, and not at the beginning of a segment, of which nothing would be left. It has
///    no bar, which some servers take for a colon. Its host is not `localhost`, which is the same as no host ([RFC 8089
///    §2](https://www.rfc-editor.org/rfc/rfc8089#section-2)).
///
/// Short names (8.3) are not recognized: on some volumes of Windows, `PAYROL~1` is `payroll-2026`.
pub(crate) fn is_plain(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let has_plain_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.'));
    let authority = authority(uri);
    let path = match authority {
        Some(authority) => rest.get("//".len() + authority.len()..).unwrap_or_default(),
        None => rest,
    };
    let segments = || path.strip_prefix('/').unwrap_or(path).split('/');
    let has_empty_segment = segments().rev().skip(1).any(str::is_empty);
    let is_file = scheme == "file";
    let has_nothing = segments().any(|segment| folded_segment(segment, is_file).is_none());
    let before_path = authority.or_else(|| rest.split('/').next()).unwrap_or_default();
    let has_odd_colon = is_file && (before_path.contains(':') || path.contains("%7C"));
    let is_same_as_no_host = is_file && authority == Some(LOCALHOST);
    has_plain_scheme
        && authority.is_none_or(|authority| !authority.contains('@') && is_lower_case(authority))
        && !has_empty_segment
        && !has_nothing
        && !has_odd_colon
        && !is_same_as_no_host
        && rest.split('%').next().is_some_and(is_raw)
        && rest.split('%').skip(1).all(needs_encoding)
}

/// What servers that do not look at the spelling of a URI may take it for. Two URIs with the same octets here are perhaps
/// the same resource. In a `file` URI, a bar is a colon here, because some servers take it for one, and `localhost` is no host.
///
/// It does not undo everything that [`is_plain`] rejects: one of two compared URIs is plain.
pub(crate) fn loose(uri: &str) -> Vec<u8> {
    let (scheme, rest) = uri.split_once(':').unwrap_or_default();
    let host = if scheme.eq_ignore_ascii_case("file") { authority(uri) } else { None };
    let host = host.filter(|host| host.eq_ignore_ascii_case(LOCALHOST));
    let octets = decoded(host.and_then(|host| rest.get("//".len() + host.len()..)).unwrap_or(rest), |_| true);
    let mut segments: Vec<&[u8]> = Vec::new();
    for segment in octets.split(|octet| matches!(octet, b'/' | b'\\')) {
        match segment {
            b"" | b"." => {}
            b".." => _ = segments.pop(),
            segment => segments.push(segment),
        }
    }
    let path = segments.join(&b'/');
    let mut octets = caseless_octets(&[scheme.as_bytes(), b":", &path].concat());
    if octets.starts_with(b"file:") {
        octets.iter_mut().filter(|octet| **octet == b'|').for_each(|octet| *octet = b':');
    }
    octets
}

/// What servers may take a `file` URI for, as in [`loose`], but without the letter of its drive. `None` if it has none.
///
/// The letter is perhaps encoded, as in `file:///c%3A/hr`, or before a bar, or behind an empty segment.
pub(crate) fn loose_driveless(uri: &str) -> Option<Vec<u8>> {
    let octets = loose(uri);
    let path = octets.strip_prefix(b"file:")?;
    let drive = path.split(|octet| *octet == b'/').next().filter(|segment| is_drive(segment))?;
    let rest = path.get(drive.len()..)?;
    Some([b"file:".as_slice(), rest.strip_prefix(b"/").unwrap_or(rest)].concat())
}

/// A [folded] `file` URI without the letter of its drive. `None` if it has none.
///
/// Windows has a current drive, so that `file:///hr` and `file:///c:/hr` are perhaps the same.
pub(crate) fn driveless(folded: &str) -> Option<String> {
    let place = drive_place(folded)?;
    let segments = folded.split('/').enumerate().filter(|(index, _)| *index != place);
    Some(segments.map(|(_, segment)| segment).collect::<Vec<_>>().join("/"))
}

/// The place of the letter of a drive among the segments of a `file` URI, whose first one is the scheme.
///
/// There is none behind a host: Python takes `file://server/c:/hr` for `C:\hr`, and other servers ask the host for it.
pub(super) fn drive_place(uri: &str) -> Option<usize> {
    if !uri.starts_with("file:") {
        return None;
    }
    let place = match authority(uri) {
        Some("") => 3,
        Some(_) => return None,
        None => 1,
    };
    uri.split('/').nth(place).is_some_and(|segment| is_drive(segment.as_bytes())).then_some(place)
}

/// The places of the segments of a `file` URI in which a colon follows a letter, except for the letter of a drive before a
/// slash.
///
/// On Windows, a server may take `c:pay.pdf` for a file in another directory, and `file:///c:` for the current directory of
/// the drive. The function `url2pathname` of Python takes `file:///docs/abc:/pay.pdf` for `C:\pay.pdf`.
pub(super) fn letters_before_colons(uri: &str) -> impl Iterator<Item = usize> {
    let has_letter = |segment: &str| {
        segment.as_bytes().windows(2).any(|pair| matches!(pair, [letter, b':'] if letter.is_ascii_alphabetic()))
    };
    let drive = drive_place(uri).filter(|place| uri.split('/').nth(place + 1).is_some());
    let is_path = move |place: usize| uri.starts_with("file:") && place > 0 && drive != Some(place);
    let segments = uri.split('/').enumerate();
    let segments = segments.filter(move |(place, segment)| is_path(*place) && has_letter(segment));
    segments.map(|(place, _)| place)
}

/// Whether a colon in the segment at this place begins the name of a stream in NTFS: `hr:$I30:$INDEX_ALLOCATION` is the
/// directory `hr`, and `pay.pdf::$DATA` the file `pay.pdf`.
pub(super) fn has_streams(uri: &str, place: usize) -> bool {
    uri.starts_with("file:") && place > 0 && drive_place(uri) != Some(place)
}

/// A text with these percent-encoded octets decoded.
fn decoded(text: &str, is_decoded: fn(u8) -> bool) -> Vec<u8> {
    let mut parts = text.split('%');
    let mut octets = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match octet(part).filter(|octet| is_decoded(*octet)) {
            Some(octet) => {
                octets.push(octet);
                octets.extend_from_slice(part.get(2..).unwrap_or_default().as_bytes());
            }
            None => octets.extend([b"%", part.as_bytes()].concat()),
        }
    }
    octets
}

/// The authority of a URI, if it has one.
pub(super) fn authority(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once(':')?;
    rest.strip_prefix("//")?.split('/').next()
}

/// Whether the authority of a URI, which a template leaves open, has one spelling. Parsers of URLs take many texts for the
/// same host: they decode octets, map letters outside of ASCII, ignore a dot at the end, and read numbers as addresses.
///
/// It consists of labels with `a` to `z`, digits and hyphens. It has no port, which could be the default one. If parsers
/// interpret the host, the last label begins with a letter, and the host is not this machine, which has further names. In
/// other schemes, such as `cal://7/today`, one label can have any of these characters, and underscores.
pub(super) fn has_one_spelling(uri: &str) -> bool {
    let Some(authority) = authority(uri) else { return false };
    let is_interpreted = uri.split(':').next().is_some_and(|scheme| INTERPRETED.contains(&scheme));
    let is_letter = |octet: u8| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-') || (octet == b'_' && !is_interpreted);
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_letter);
    let last = authority.rsplit('.').next().unwrap_or_default();
    let is_single = last.len() == authority.len();
    let is_name = last.starts_with(|first: char| first.is_ascii_lowercase());
    authority.split('.').all(is_label)
        && (is_name || (is_single && !is_interpreted))
        && !(is_interpreted && last == LOCALHOST)
}

/// A URI without what servers ignore: [case](caseless); the parameters of a segment, which begin with a semicolon; the
/// [streams](has_streams) of a file; and dots and blanks at the end of a segment. A segment of which nothing is left is
/// omitted. The digits of percent-encoded octets are in lower case here.
pub(crate) fn folded(uri: &str) -> String {
    let segments = uri.split('/').enumerate();
    let segments = segments.filter_map(|(place, segment)| folded_segment(segment, has_streams(uri, place)));
    segments.collect::<Vec<_>>().join("/")
}

/// `None` for a segment of which nothing is left.
pub(super) fn folded_segment(segment: &str, has_streams: bool) -> Option<String> {
    let ends = |letter: char| letter == ';' || (has_streams && letter == ':');
    let mut kept = segment.split(ends).next().unwrap_or_default();
    while let Some(shorter) = kept.strip_suffix('.').or_else(|| kept.strip_suffix("%20")) {
        kept = shorter;
    }
    (!kept.is_empty() || segment.is_empty()).then(|| caseless(kept))
}

/// A URI, or a part of one, without the case of its letters. Those outside of ASCII are percent-encoded here.
pub(crate) fn caseless(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for octet in caseless_octets(&decoded(text, |octet| !octet.is_ascii())) {
        if octet.is_ascii() {
            kept.push(char::from(octet));
        } else {
            _ = write!(kept, "%{octet:02x}");
        }
    }
    kept
}

/// Octets that are not UTF-8 have no case.
fn caseless_octets(octets: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        let letters: String = chunk.valid().chars().flat_map(caseless_letter).collect();
        kept.extend_from_slice(letters.as_bytes());
        kept.extend_from_slice(chunk.invalid());
    }
    kept
}

/// File systems compare letters in lower case, or in upper case: then the two small letters sigma are one. Both cases are the
/// same here.
fn caseless_letter(letter: char) -> impl Iterator<Item = char> {
    letter.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// Whether a segment is the letter of a drive of Windows, with its colon.
fn is_drive(segment: &[u8]) -> bool {
    matches!(segment, [letter, b':'] if letter.is_ascii_alphabetic())
}

/// Whether there are no letters in upper case, except the digits of percent-encoded octets.
fn is_lower_case(text: &str) -> bool {
    let mut parts = text.split('%');
    let has_upper = |part: &str| part.bytes().any(|octet| octet.is_ascii_uppercase());
    !parts.next().is_some_and(has_upper) && !parts.any(|part| part.get(2..).is_none_or(has_upper))
}

/// Whether a text consists of characters that can stand in a path, and of slashes.
fn is_raw(text: &str) -> bool {
    text.bytes().all(|octet| octet == b'/' || is_path_character(octet))
}

/// RFC 3986 §3.3: `pchar` without percent-encoding.
fn is_path_character(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&octet)
}

/// Whether a `%` before this text begins an octet that must be encoded, and the rest is raw.
fn needs_encoding(after_percent: &str) -> bool {
    let (Some(octet), Some(digits)) = (octet(after_percent), after_percent.get(..2)) else { return false };
    // An encoded percent sign is decoded twice by some servers.
    let is_kept = !is_path_character(octet) && !octet.is_ascii_control() && !b"/\\%?#".contains(&octet);
    is_kept && !digits.bytes().any(|digit| digit.is_ascii_lowercase()) && after_percent.get(2..).is_some_and(is_raw)
}

/// The octet of the two digits at the beginning of a text.
fn octet(after_percent: &str) -> Option<u8> {
    let digits = after_percent.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

/// The schemes whose hosts parsers interpret ([URL Standard](https://url.spec.whatwg.org/#special-scheme)).
const INTERPRETED: [&str; 6] = ["file", "ftp", "http", "https", "ws", "wss"];

/// The host of this machine.
const LOCALHOST: &str = "localhost";

#[cfg(test)]
mod tests {
    use super::{driveless, folded, has_one_spelling, is_plain, letters_before_colons, loose, loose_driveless};

    #[test]
    fn hosts_with_a_second_spelling_do_not_match_an_open_authority() {
        for uri in [
            "https://api.example.com/hr/pay",
            "https://a-1.example.com/x",
            "https://intranet/x",
            "file://server/hr/x",
            "cal://7/today",
            "cal://ada_b/today",
            "cal://localhost/today",
        ] {
            assert!(is_plain(uri) && has_one_spelling(uri), "{uri}");
        }
        for uri in [
            "https://api.example.com./hr/pay",
            "https://%EF%BD%81pi.example.com/hr/pay",
            "https://a%C2%ADpi.example.com/hr/pay",
            "https://b%C3%BCcher.example/x",
            "https://2130706433/x",
            "https://0x7f000001/x",
            "https://127.1/x",
            "https://127.0.0.1/x",
            "https://localhost/x",
            "https://a.localhost/x",
            "https://api..example.com/x",
            "https://.example.com/x",
            "https://api_1.example.com/x",
            "https://api.example.com:443/x",
            "https:///x",
            "file://localhost/hr/x",
            "file:///hr/x",
            "cal://7.1/today",
            "cal://ada%7Cb/today",
            "cal:/today",
        ] {
            assert!(!has_one_spelling(uri), "{uri}");
        }
    }

    #[test]
    fn what_servers_ignore_is_folded() {
        for (uri, kept) in [
            ("file:///Docs/HR/a.PDF", "file:///docs/hr/a.pdf"),
            ("file:///docs/hr;v=1/a;b;c", "file:///docs/hr/a"),
            ("file:///docs/hr./a..%20.", "file:///docs/hr/a"),
            ("file:///docs/%20/hr/;x/a", "file:///docs/hr/a"),
            ("file:///docs/hr/", "file:///docs/hr/"),
            ("file:///docs/hr:$I30:$INDEX_ALLOCATION/a.pdf::$DATA", "file:///docs/hr/a.pdf"),
            ("file:///docs/hr.:a;b/:a/b;c:d", "file:///docs/hr/b"),
            ("file:///C:/docs:a/c:/d", "file:///c:/docs/c/d"),
            ("note://a:1/b:c", "note://a:1/b:c"),
            ("file:///docs/a%20b/%C3%A4", "file:///docs/a%20b/%c3%a4"),
            ("file:///docs/GEH%C3%84LTER", "file:///docs/geh%c3%a4lter"),
            // Sigma in its three forms, the long s, the sharp s, and the sign of kelvin.
            ("file:///%CE%A3%CF%83%CF%82/%C5%BF%C3%9F%E2%84%AA", "file:///%cf%83%cf%83%cf%83/sssk"),
            // Not UTF-8.
            ("file:///%C4A/%FF", "file:///%c4a/%ff"),
        ] {
            assert_eq!(folded(uri), kept, "{uri}");
        }
    }

    #[test]
    fn the_drive_is_the_first_segment_of_the_path() {
        for (uri, kept) in [
            ("file:///c:/docs/a", Some("file:///docs/a")),
            ("file:///C:/", Some("file:///")),
            ("file:///c:", Some("file://")),
            ("file:/c:/docs", Some("file:/docs")),
            ("file://server/c:/docs", None),
            ("file://localhost/c:/docs", None),
            ("file:///docs/c:/a", None),
            ("file:///cd:/a", None),
            ("file:///c/a", None),
            ("file:c:/a", None),
            ("note:///c:/a", None),
        ] {
            assert_eq!(driveless(uri).as_deref(), kept, "{uri}");
        }
    }

    #[test]
    fn the_drive_of_a_resource_has_several_spellings() {
        for uri in [
            "file:///c:/hr/pay",
            "file:///C:/HR/pay",
            "file:///c%3A/hr/pay",
            "file:///C%3a/hr/pay",
            "file:///%63:/hr/pay",
            "file:///c|/hr/pay",
            "file:///c%7C/hr/pay",
            "file:////c:/hr/pay",
            "file:///./c:/hr/pay",
            "file:///c:\\hr\\pay",
            "file://c:/hr/pay",
            "FILE:/c:/hr/pay",
        ] {
            assert_eq!(loose(uri), loose("file:///c:/hr/pay"), "{uri}");
            assert_eq!(loose_driveless(uri), Some(loose("file:///hr/pay")), "{uri}");
        }
        assert_eq!(loose_driveless("file:///c%3A"), Some(loose("file:///")));
        for uri in ["file:///hr/pay", "file:///hr/c:/pay", "file:///cd:/hr", "file://server/c:/hr", "note:///c:/hr"] {
            assert_eq!(loose_driveless(uri), None, "{uri}");
        }
        assert_ne!(loose("note:///a|b"), loose("note:///a:b"), "no file");
    }

    #[test]
    fn a_colon_after_a_letter_is_perhaps_a_drive() {
        for uri in [
            "file:///logs/2026-01-01T12:00:00.log",
            "file:///c:/logs/12:00",
            "file:///c:/",
            "file:/c:/logs",
            "file:///logs/%C3%A9:1",
            "file:///logs/1::$DATA",
            "note:///logs/a:b",
        ] {
            assert!(is_plain(uri) && letters_before_colons(uri).next().is_none(), "{uri}");
        }
        for (uri, places) in [
            ("file:///a:b", vec![3]),
            ("file:///docs/hr:$I30:$INDEX_ALLOCATION/pay.pdf", vec![4]),
            ("file:///docs/pay.pdf::$DATA", vec![4]),
            ("file:///docs/1:b:c/d/e:", vec![4, 6]),
            ("file:///c:/docs/a:b", vec![5]),
            ("file:///docs/c:/a", vec![4]),
            ("file:///c:a", vec![3]),
            ("file:///cd:/a", vec![3]),
            ("file:///docs/%AF:/a", vec![4]),
            ("file:///c:", vec![3]),
            ("file:/c:", vec![1]),
            ("file:///c:;x", vec![3]),
            ("file:///c:.", vec![3]),
            ("file:///c:%20", vec![3]),
            ("file:///c::$DATA", vec![3]),
            ("file://server/c:/docs", vec![3]),
        ] {
            assert!(is_plain(uri), "{uri}");
            assert_eq!(letters_before_colons(uri).collect::<Vec<_>>(), places, "{uri}");
        }
    }

    #[test]
    fn uris_with_a_second_spelling_are_not_plain() {
        for uri in [
            "cal://events/7",
            "cal://events/7/",
            "file:///a%20b",
            "file:///pay(2026)a@b.pdf",
            "file:///c:/docs/a",
            "file:///C:",
            "note:///pay(2026):a@b",
            "note://ada/My%C3%A9",
            "note://a%7Cb/x",
            "https://localhost:8080/x",
            "urn:a:b",
        ] {
            assert!(is_plain(uri), "{uri}");
        }
        for uri in [
            "file:///a/../b",
            "file:///a/./b",
            "file:///..",
            "file:..",
            "file:///a/..;x/b",
            "file:///a/.../b",
            "file:///a/;b",
            "file:///a/;b/c",
            "file:///a/%20",
            "file:///a/%2e%2e/b",
            "file:///a/.%2E/b",
            "file:///a%2fb",
            "file:///a%2Fb",
            "file:///a%5Cb",
            "file:///a\\..\\b",
            "FILE:///a",
            "file:///%61",
            "file:///a%",
            "file:///a%2",
            "file:///a%zz",
            "file:///a%252e",
            "file:///a%00",
            "file:///a b",
            "file:///a\n",
            "file:///a?b",
            "file:///a?",
            "file:///a#",
            "file:////a",
            "file:///a//b",
            "file:///a//",
            "file:///%c3%A9",
            "file:///\u{e9}",
            "file:///a%28b",
            "file:///a%3Ab",
            "file:///:/a",
            "file:///a/:b",
            "file:///a/%20:b",
            "file:///c%7C/a",
            "file://c:/a",
            "file://server:80/a",
            "file:c:/a",
            "file:a:b",
            "file://localhost/a",
            "file:///a%40b",
            "file:///a[b]",
            "https://Ada/x",
            "https://ada@host/x",
            "\u{2026}",
            "nothing",
            "",
            ":a",
            "7:a",
        ] {
            assert!(!is_plain(uri), "{uri}");
        }
    }

    #[test]
    fn a_plain_uri_and_other_spellings_of_it_look_the_same_loosely() {
        for (plain, other) in [
            ("file:///docs/geh%C3%A4lter", "file:///docs/geh\u{e4}lter"),
            ("file:///docs/geh%C3%A4lter", "file:///docs/GEH\u{c4}LTER"),
            ("file:///docs/a%5B1%5D", "file:///docs/a[1]"),
            ("file:///docs/a%20b", "file:///docs/a b"),
            ("file:///docs/a", "FILE:/docs//x/%2e%2E/./a/"),
            ("file:///docs/a", "file:///docs\\a"),
            ("https://host/a", "https://HOST/a"),
        ] {
            assert!(is_plain(plain) && !is_plain(other), "{plain} {other}");
            assert_eq!(loose(plain), loose(other), "{plain} {other}");
        }
        for other in ["file:///docs/b", "file:///docs", "file:///docs/a/b", "x:///docs/a", "file:///docs/a%zz"] {
            assert_ne!(loose("file:///docs/a"), loose(other), "{other}");
        }
        assert_eq!(loose("file:///docs/geh%C3%A4lter"), loose("file:///docs/GEH%C3%84LTER"));
        assert_ne!(loose("file:///docs/%E4"), loose("file:///docs/%C4"), "not UTF-8");
    }
}
