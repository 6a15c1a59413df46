//! URIs of resources, and the templates that match them.

/// A template of URIs ([RFC 6570](https://www.rfc-editor.org/rfc/rfc6570)), of the forms that can be matched safely.
///
/// `{name}` stands for at least one character of one segment, and may have fixed text around it. `{+name}` stands for
/// everything to the end, and stands at the end, after a slash.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    segments: Vec<Segment>,
    /// Ends with `{+name}`.
    is_open: bool,
}

#[derive(Clone, Debug)]
enum Segment {
    Fixed(Box<str>),
    Variable { before: Box<str>, after: Box<str> },
}

impl Template {
    /// Parses a template. `None` for a form that is not supported.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (fixed, is_open) = match text.rsplit_once("/{+") {
            Some((before, name)) => (before, is_name(name.strip_suffix('}')?)),
            None => (text, false),
        };
        if fixed.len() < text.len() && !is_open {
            return None;
        }
        let segments = fixed.split('/').map(Segment::parse).collect::<Option<Vec<_>>>()?;
        let has_variable = segments.iter().any(|segment| matches!(segment, Segment::Variable { .. }));
        (is_open || has_variable).then_some(Self { segments, is_open })
    }

    /// Whether the template matches a URI that is [plain](is_plain).
    pub(crate) fn matches(&self, uri: &str) -> bool {
        let mut rest = uri.split('/');
        let fits = self.segments.iter().all(|segment| rest.next().is_some_and(|text| segment.matches(text)));
        fits && match (rest.next(), rest.next()) {
            (None, _) => !self.is_open,
            (Some(last), None) => self.is_open && !last.is_empty(),
            (Some(_), Some(_)) => self.is_open,
        }
    }
}

impl Segment {
    fn parse(text: &str) -> Option<Self> {
        let Some((before, rest)) = text.split_once('{') else {
            return (!text.contains('}')).then(|| Self::Fixed(text.into()));
        };
        let (name, after) = rest.split_once('}')?;
        let is_fixed = |text: &str| !text.contains(['{', '}']);
        (is_name(name) && is_fixed(before) && is_fixed(after))
            .then(|| Self::Variable { before: before.into(), after: after.into() })
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Fixed(fixed) => **fixed == *text,
            Self::Variable { before, after } => {
                let value = text.strip_prefix(&**before).and_then(|rest| rest.strip_suffix(&**after));
                value.is_some_and(|value| !value.is_empty() && !value.contains(['?', '#']))
            }
        }
    }
}

/// Whether a URI has no second spelling that servers treat as the same: no dot segments, no backslash, no upper case in
/// the scheme, no character of [RFC 3986 §2.3](https://www.rfc-editor.org/rfc/rfc3986#section-2.3) and no slash that is
/// percent-encoded.
///
/// `file:///public/../secret` is below `file:///public/` as a text only.
pub(crate) fn is_plain(uri: &str) -> bool {
    let has_plain_scheme =
        uri.split_once(':').is_none_or(|(scheme, _)| !scheme.bytes().any(|c| c.is_ascii_uppercase()));
    let has_dots = uri.split(['/', '?', '#', ':']).any(|segment| matches!(segment, "." | ".."));
    let has_odd_character = uri.contains(|c: char| c == '\\' || c.is_control() || c.is_whitespace());
    has_plain_scheme && !has_dots && !has_odd_character && uri.split('%').skip(1).all(needs_encoding)
}

/// Whether the two digits after a `%` stand for an octet that must be encoded, and that is no delimiter of a path.
fn needs_encoding(after_percent: &str) -> bool {
    let Some(digits) = after_percent.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    else {
        return false;
    };
    let octet = u8::from_str_radix(digits, 16).unwrap_or_default();
    let is_unreserved = octet.is_ascii_alphanumeric() || b"-._~".contains(&octet);
    // An encoded percent sign is decoded twice by some servers.
    !is_unreserved && !octet.is_ascii_control() && !b"/\\%?#".contains(&octet)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

    use super::{Template, is_plain};

    #[test]
    fn templates_match_whole_uris() {
        for (template, uri, matches) in [
            ("cal://events/{id}", "cal://events/7", true),
            ("cal://events/{id}", "cal://events/", false),
            ("cal://events/{id}", "cal://events", false),
            ("cal://events/{id}", "cal://events/7/", false),
            ("cal://events/{id}", "cal://events/7/attendees", false),
            ("cal://events/{id}", "cal://events/7?all", false),
            ("cal://events/{id}", "cal://Events/7", false),
            ("cal://events/{id}", "xcal://events/7", false),
            ("cal://{owner}/events/{id}.ics", "cal://ada/events/7.ics", true),
            ("cal://{owner}/events/{id}.ics", "cal://ada/events/.ics", false),
            ("cal://{owner}/events/{id}.ics", "cal://ada/events/7.txt", false),
            ("file:///reports/{+path}", "file:///reports/2026/q1.pdf", true),
            ("file:///reports/{+path}", "file:///reports/q1", true),
            ("file:///reports/{+path}", "file:///reports/", false),
            ("file:///reports/{+path}", "file:///reports", false),
            ("file:///reports/{+path}", "file:///reports-secret/q1", false),
        ] {
            assert_eq!(Template::parse(template).unwrap().matches(uri), matches, "{template} {uri}");
        }
    }

    #[test]
    fn other_forms_of_templates_are_not_supported() {
        for template in [
            "cal://events",
            "cal://{a}{b}",
            "cal://{a}-{b}",
            "cal://{?q}",
            "cal://{#f}",
            "cal://{a,b}",
            "cal://{a:3}",
            "cal://{a*}",
            "cal://{}",
            "cal://{a",
            "cal://a}",
            "cal://{+a}/b",
            "cal://x{+a}",
            "file:///{+a}{b}",
            "",
        ] {
            assert!(Template::parse(template).is_none(), "{template}");
        }
    }

    #[test]
    fn uris_with_a_second_spelling_are_not_plain() {
        for uri in [
            "cal://events/7",
            "file:///a%20b",
            "https://api.example.com/x?q=a%26b",
            "note://Ada/My%C3%A9",
            "urn:a:b",
            "…",
        ] {
            assert!(is_plain(uri), "{uri}");
        }
        for uri in [
            "file:///a/../b",
            "file:///a/./b",
            "file:///..",
            "file:..",
            "file:///a/%2e%2e/b",
            "file:///a/.%2E/b",
            "file:///a%2fb",
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
            "file:///a?b/../c",
        ] {
            assert!(!is_plain(uri), "{uri}");
        }
    }
}
