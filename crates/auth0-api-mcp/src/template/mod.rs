//! URIs of resources, and the templates that match them.

mod uri;

use std::cmp::Ordering;

pub(crate) use self::uri::{caseless, driveless, folded, is_plain, loose, loose_driveless};
use self::uri::{drive_place, folded_segment, has_one_spelling, has_streams, letters_before_colons};

/// A template of URIs ([RFC 6570](https://www.rfc-editor.org/rfc/rfc6570)), of the forms that can be matched safely.
///
/// `{name}` stands for at least one character of one segment, and may have fixed text around it. `{+name}` stands for
/// everything to the end, and stands at the end, after a slash. The fixed text is [plain](is_plain).
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

/// What a URI has after the segments of a template.
enum Rest {
    Nothing,
    Something,
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
        let template = Self { segments, is_open };
        let has_fixed_scheme = template.segments.first().is_some_and(Segment::begins_with_scheme);
        // No URI that is judged by a template could have another fixed text.
        (has_variable || is_open)
            .then_some(template)
            .filter(|template| has_fixed_scheme && is_plain(&template.example()))
    }

    /// Whether the template matches a URI that is [plain](is_plain).
    pub(crate) fn matches(&self, uri: &str) -> bool {
        let is_whole = match self.rest(uri) {
            None => false,
            Some(Rest::Nothing) => !self.is_open,
            // What is plain has no empty segment, except perhaps the last one.
            Some(Rest::Something) => self.is_open && !uri.ends_with('/'),
        };
        is_whole && self.shows_drive(uri) && (self.has_fixed_authority() || has_one_spelling(uri))
    }

    /// Whether a URI is the root of an open template: `file:///hr` of `file:///hr/{+path}`. A client that lists or
    /// watches a directory learns about what is in it.
    pub(crate) fn has_root(&self, uri: &str) -> bool {
        self.is_open && matches!(self.rest(uri), Some(Rest::Nothing))
    }

    /// Whether a [folded] URI looks as if this template, which is [folded](Self::folded) too, matched it, or as if it were
    /// its root.
    pub(crate) fn resembles(&self, folded: &str) -> bool {
        matches!((self.rest(folded), self.is_open), (Some(Rest::Nothing), _) | (Some(Rest::Something), true))
    }

    /// Whether the list of a directory names something that leads to a URI of the template: a value of a variable, or the last
    /// segment. Both are [folded].
    pub(crate) fn is_listed_in(&self, directory: &str) -> bool {
        let mut texts = directory.split('/');
        for (position, segment) in self.segments.iter().enumerate() {
            let Some(text) = texts.next() else {
                return matches!(segment, Segment::Variable { .. })
                    || (!self.is_open && position + 1 == self.segments.len());
            };
            if !segment.matches(text) {
                return false;
            }
        }
        self.is_open && texts.next().is_none()
    }

    /// Whether there can be a URI that both templates match. Both are [folded](Self::folded).
    pub(crate) fn shares_a_uri_with(&self, other: &Self) -> bool {
        // What is open has more segments than these.
        let fits = match self.segments.len().cmp(&other.segments.len()) {
            Ordering::Equal => self.is_open == other.is_open,
            Ordering::Less => self.is_open,
            Ordering::Greater => other.is_open,
        };
        fits && self.segments.iter().zip(&other.segments).all(|(one, other)| one.shares_a_text_with(other))
    }

    /// The template with its fixed text as in [`folded`].
    pub(crate) fn folded(&self) -> Self {
        let example = self.example();
        let segments = self.segments.iter().enumerate();
        let segments = segments.filter_map(|(place, segment)| segment.folded(has_streams(&example, place)));
        Self { segments: segments.collect(), is_open: self.is_open }
    }

    /// Whether the fixed text of the template has each colon of a URI that [follows a letter](letters_before_colons), and this
    /// letter. The URI is one that the template matches, or its root.
    pub(crate) fn fixes_colons(&self, uri: &str) -> bool {
        letters_before_colons(uri).all(|place| {
            let text = uri.split('/').nth(place).unwrap_or_default();
            self.segments.get(place).is_some_and(|segment| segment.fixes_colons(text))
        })
    }

    /// Whether another template differs from a URI, which [resembles](Self::resembles) it, only where this template has the
    /// colon of a file or of a drive in its fixed text. The URI is one that this template matches, or its root.
    pub(crate) fn fixes_differences(&self, other: &Self, uri: &str) -> bool {
        let mut differences = other.differences(uri).peekable();
        let has_fixed_colon = |(place, text): (usize, &str)| {
            text.contains(':') && self.segments.get(place).is_some_and(|segment| segment.has_fixed_colons(text))
        };
        uri.starts_with("file:") && differences.peek().is_some() && differences.all(has_fixed_colon)
    }

    /// The segments of a URI that the segments of the template do not match, with their places.
    fn differences<'u>(&self, uri: &'u str) -> impl Iterator<Item = (usize, &'u str)> {
        let hidden_drive = drive_place(uri).filter(|_| !self.shows_drive(uri));
        let segments = self.segments.iter().zip(uri.split('/')).enumerate();
        let segments =
            segments.filter(move |(place, (segment, text))| hidden_drive == Some(*place) || !segment.matches(text));
        segments.map(|(place, (_, text))| (place, text))
    }

    /// The template without the letter of its drive. `None` if it has none.
    pub(crate) fn driveless(&self) -> Option<Self> {
        let place = drive_place(&self.example())?;
        let segments = self.segments.iter().enumerate().filter(|(index, _)| *index != place);
        Some(Self { segments: segments.map(|(_, segment)| segment.clone()).collect(), is_open: self.is_open })
    }

    /// Whether it ends with `{+name}`.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Whether the template shows that the URI has a drive, if it has one: `c:`, `{drive}:` and `{+path}` do, and `{name}` does
    /// not. A URI without the drive could not be compared with `{name}`.
    fn shows_drive(&self, uri: &str) -> bool {
        let segment = drive_place(uri).and_then(|place| self.segments.get(place));
        !matches!(segment, Some(Segment::Variable { after, .. }) if **after != *":")
    }

    /// What a URI has after the segments of the template. `None` if these differ.
    fn rest(&self, uri: &str) -> Option<Rest> {
        let mut rest = uri.split('/');
        let fits = self.segments.iter().all(|segment| rest.next().is_some_and(|text| segment.matches(text)));
        fits.then(|| if rest.next().is_some() { Rest::Something } else { Rest::Nothing })
    }

    /// A URI that the template matches.
    fn example(&self) -> String {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Fixed(fixed) => fixed.to_string(),
            Segment::Variable { before, after } => format!("{before}x{after}"),
        });
        segments.chain(self.is_open.then(|| "x".to_owned())).collect::<Vec<_>>().join("/")
    }

    /// Whether the authority of the URIs is fixed, or they have none.
    fn has_fixed_authority(&self) -> bool {
        match self.segments.get(1) {
            Some(Segment::Fixed(text)) if text.is_empty() => matches!(self.segments.get(2), Some(Segment::Fixed(_))),
            Some(_) => true,
            // `x:/{+path}` leaves open whether there is an authority.
            None => !self.is_open,
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

    /// `None` for a segment of which nothing is left.
    fn folded(&self, has_streams: bool) -> Option<Self> {
        match self {
            Self::Fixed(text) => folded_segment(text, has_streams).map(|text| Self::Fixed(text.into())),
            Self::Variable { before, .. } if before.contains(';') || (has_streams && before.contains(':')) => {
                folded_segment(before, has_streams).map(|text| Self::Fixed(text.into()))
            }
            Self::Variable { before, after } => {
                let after = folded_segment(after, has_streams).unwrap_or_default().into();
                Some(Self::Variable { before: caseless(before).into(), after })
            }
        }
    }

    fn begins_with_scheme(&self) -> bool {
        match self {
            Self::Fixed(text) | Self::Variable { before: text, .. } => text.contains(':'),
        }
    }

    /// Whether there can be a text that both match.
    fn shares_a_text_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fixed(text), segment @ Self::Variable { .. }) | (segment, Self::Fixed(text)) => {
                segment.matches(text)
            }
            (Self::Variable { before, after }, Self::Variable { before: other_before, after: other_after }) => {
                let begins = before.starts_with(&**other_before) || other_before.starts_with(&**before);
                begins && (after.ends_with(&**other_after) || other_after.ends_with(&**after))
            }
        }
    }

    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Fixed(fixed) => **fixed == *text,
            Self::Variable { .. } => self.value(text).is_some(),
        }
    }

    /// Whether the fixed text has the colons of a text that matches, and the letters before them.
    fn fixes_colons(&self, text: &str) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Variable { after, .. } => !after.starts_with(':') && self.has_fixed_colons(text),
        }
    }

    /// Whether the fixed text has the colons of a text that matches.
    fn has_fixed_colons(&self, text: &str) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Variable { .. } => self.value(text).is_some_and(|value| !value.contains(':')),
        }
    }

    /// What the variable stands for, if the segment has one, and matches.
    fn value<'t>(&self, text: &'t str) -> Option<&'t str> {
        let Self::Variable { before, after } = self else { return None };
        let value = text.strip_prefix(&**before)?.strip_suffix(&**after)?;
        Some(value).filter(|value| !value.is_empty())
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'_')
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

    use super::{Template, folded, is_plain};

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
            ("file:///reports/{+path}", "file:///reports/2026/", false),
            ("https://localhost:8080/{+path}", "https://localhost:8080/a", true),
            ("https://localhost/{+path}", "https://localhost:443/a", false),
            ("x://{host}/a", "x://ada/a", true),
            ("x://{host}/a", "x://ada:1/a", false),
            ("x://{+all}", "x://ada/a", true),
            ("x://{+all}", "x://ada:1/a", false),
            ("x://{+all}", "x:///ada/a", false),
            ("x:/{+all}", "x:/ada", false),
            ("file:///{+path}", "file:///c:/a", true),
            ("file:///c:/{+path}", "file:///c:/a", true),
            ("file:///c:/{+path}", "file:///d:/a", false),
            ("file:///{drive}:/{+path}", "file:///c:/a", true),
            ("file:///{name}/{+path}", "file:///c:/a", false),
            ("file:///{name}/{+path}", "file:///c/a", true),
            ("note:///{name}/{+path}", "note:///c:/a", true),
        ] {
            let template = Template::parse(template).unwrap();
            assert_eq!(is_plain(uri) && template.matches(uri), matches, "{template:?} {uri}");
        }
    }

    #[test]
    fn a_template_fixes_the_colons_of_its_fixed_text() {
        for (template, uri, fixes) in [
            ("file:///{+path}", "file:///12:00/a", true),
            ("file:///{+path}", "file:///a:b/a", false),
            ("file:///a:b/{+path}", "file:///a:b/c", true),
            ("file:///a:b/{+path}", "file:///a:b/12:00", true),
            ("file:///a:b/{+path}", "file:///a:b/c:d", false),
            ("file:///a:{name}/x", "file:///a:b/x", true),
            ("file:///a:{name}/x", "file:///a:b:/x", false),
            ("file:///T{hour}:00", "file:///T12:00", true),
            ("file:///{drive}:b", "file:///a:b", false),
            ("file:///{name}-b:c", "file:///a-b:c", true),
        ] {
            let template = Template::parse(template).unwrap();
            assert!(is_plain(uri) && template.matches(uri), "{template:?} {uri}");
            assert_eq!(template.fixes_colons(uri), fixes, "{template:?} {uri}");
        }
    }

    #[test]
    fn a_template_fixes_what_another_one_has_after_a_colon() {
        for (template, other, uri, fixes) in [
            ("file:///t/{hour}:00", "file:///t/{hour}:30", "file:///t/12:00", true),
            ("file:///t/12:00/{+path}", "file:///t/12:30/{+path}", "file:///t/12:00/a", true),
            ("file:///t/12:00/{+path}", "file:///t/12/{+path}", "file:///t/12:00/1:2", true),
            ("file:///t/12:00/{+path}", "file:///t/12:30/{+path}", "file:///t/12:00", true),
            ("file:///c:/{+path}", "file:///{dept}/{+path}", "file:///c:/a/12:00", true),
            ("file:///{drive}:/{+path}", "file:///{dept}/{+path}", "file:///c:/a", true),
            ("file:///{+path}", "file:///t/{hour}:30", "file:///t/12:00", false),
            ("file:///t/{time}", "file:///t/{hour}:30", "file:///t/12:00", false),
            ("file:///{+path}", "file:///{dept}/{+path}", "file:///c:/a", false),
            // They differ in something else, too.
            ("file:///t/{hour}:00/{a}", "file:///t/{hour}:30/{a}.", "file:///t/12:00/x", false),
            ("file:///t/{a}", "file:///T/{a}", "file:///t/x", false),
            ("note:///t/{hour}:00", "note:///T/{hour}:00", "note:///t/12:00", false),
            // They do not differ.
            ("file:///t/{hour}:00", "file:///t/{time}", "file:///t/12:00", false),
        ] {
            let [template, other] = [template, other].map(|text| Template::parse(text).unwrap());
            assert!(is_plain(uri) && (template.matches(uri) || template.has_root(uri)), "{template:?} {uri}");
            assert!(other.folded().resembles(&folded(uri)), "{other:?} {uri}");
            assert_eq!(template.fixes_differences(&other, uri), fixes, "{template:?} {other:?} {uri}");
        }
    }

    #[test]
    fn templates_that_share_a_uri_are_recognized() {
        for (one, other, expected) in [
            ("file:///{dept}/{name}", "file:///hr/{name}", true),
            ("file:///{dept}/{name}", "file:///hr/{+path}", true),
            ("file:///{dept}/{name}", "file:///hr/a/{name}", false),
            ("file:///{dept}/{name}", "file:///hr/a/{+path}", false),
            ("file:///hr/{+path}", "file:///{dept}/salaries/{+path}", true),
            ("file:///hr/{+path}", "file:///{dept}/{+path}", true),
            ("file:///hr/{+path}", "file:///sales/{+path}", false),
            ("file:///{+path}", "file:///hr/{name}", true),
            ("file:///{+path}", "file:///{dept}", true),
            ("file:///{dept}/{+path}", "file:///{dept}", false),
            ("cal://e{id}.ics", "cal://{id}.ics", true),
            ("cal://e{id}.ics", "cal://e1{id}s", true),
            ("cal://e{id}.ics", "cal://f{id}.ics", false),
            ("cal://e{id}.ics", "cal://e{id}.txt", false),
            ("cal://{id}", "xcal://{id}", false),
        ] {
            let (first, second) = (Template::parse(one).unwrap(), Template::parse(other).unwrap());
            assert_eq!(first.shares_a_uri_with(&second), expected, "{one} {other}");
            assert_eq!(second.shares_a_uri_with(&first), expected, "{other} {one}");
        }
    }

    #[test]
    fn the_list_of_a_directory_names_what_is_directly_in_it() {
        for (template, directory, expected) in [
            ("file:///hr/{name}", "file:///hr", true),
            ("file:///hr/{name}", "file:///", false),
            ("file:///hr/{name}", "file:///hr/a", false),
            ("file:///hr/{name}", "file:///sales", false),
            ("file:///people/{who}/{name}", "file:///people", true),
            ("file:///people/{who}/{name}", "file:///people/ada", true),
            ("file:///{who}/notes", "file:///ada", true),
            ("file:///hr/{+path}", "file:///hr", true),
            ("file:///hr/{+path}", "file://", false),
            ("file:///{who}/{+path}", "file://", true),
            ("file:///{who}/{+path}", "file:///ada", true),
        ] {
            assert_eq!(Template::parse(template).unwrap().is_listed_in(directory), expected, "{template} {directory}");
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
            // The fixed text is not plain, so that no URI would match.
            "FILE:///{+a}",
            "{scheme}://a",
            "events/{id}",
            "file:///a/../b/{+a}",
            "file:///a//b/{+a}",
            "file:///b\u{fc}cher/{+a}",
            "file:///a%2fb/{+a}",
            "https://API.example.com/{+a}",
            "https://ada@api.example.com/{+a}",
            "cal://events/{id}?full",
            "cal://events/{id}#{part}",
            "file:///:b/{+a}",
            "file:///c%7C/{+a}",
            "file://{host}:80/{+a}",
        ] {
            assert!(Template::parse(template).is_none(), "{template}");
        }
    }
}
