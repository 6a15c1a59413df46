//! The path of a URL in normal form.

use super::TargetError;

/// A path in normal form: it begins with a slash, and equal paths have the same text.
///
/// Upper and lower case, trailing slashes, empty segments and encoded slashes are significant, so they are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Path(String);

impl Path {
    /// Normalises the path that follows an authority. An empty path becomes `/`.
    pub(super) fn parse(text: &str) -> Result<Self, TargetError> {
        if is_normal(text) {
            return Ok(Self(text.to_owned()));
        }
        // RFC 3986 §6.2.3: in an http URL, an empty path is equal to `/`.
        let mut segments = match text.as_bytes().strip_prefix(b"/") {
            Some(segments) => segments.split(|octet| *octet == b'/').peekable(),
            None if text.is_empty() => return Ok(Self("/".to_owned())),
            None => return Err(TargetError::Path),
        };
        // The segments are appended to `path` one by one. Each segment is decoded first and then compared with `.` and
        // `..`, so that `%2E%2E` counts as `..`. If the last segment is `.` or `..`, the path names a directory. So the
        // slash that was removed with the segment is appended again: `/a/b/..` becomes `/a/`.
        let mut path = String::with_capacity(text.len());
        while let Some(segment) = segments.next() {
            let start = path.len();
            path.push('/');
            push_normalised(&mut path, segment)?;
            if path.ends_with('.') && resolve_dots(&mut path, start) && segments.peek().is_none() {
                path.push('/');
            }
        }
        Ok(Self(path))
    }

    /// Puts `prefix` before the path. If a proxy strips this prefix, the result is the path that the client called.
    pub(super) fn with_prefix(self, prefix: &Self) -> Self {
        // The path begins with a slash, so a slash at the end of the prefix is dropped.
        match prefix.0.strip_suffix('/').unwrap_or(&prefix.0) {
            "" => self,
            prefix => Self(format!("{prefix}{}", self.0)),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the octets of the path without any percent-encoding. Different paths may have the same octets, so this is
    /// for hints only.
    pub(super) fn decoded(&self) -> Vec<u8> {
        let mut decoded = Vec::with_capacity(self.0.len());
        let mut octets = self.0.bytes();
        while let Some(octet) = octets.next() {
            if octet == b'%' {
                // A path in normal form has two hexadecimal digits after each percent sign.
                let (high, low) = (hex_digit(octets.next()), hex_digit(octets.next()));
                decoded.extend(high.ok().zip(low.ok()).map(|(high, low)| high << 4 | low));
            } else {
                decoded.push(octet);
            }
        }
        decoded
    }
}

/// Returns true if the path is in normal form, as almost all paths are: it has no percent-encoding, and no segment begins
/// with a dot.
fn is_normal(path: &str) -> bool {
    let is_kept = |octet| matches!(octet, 0x21..=0x7e) && !b"%\\?#".contains(&octet);
    // `fold` has no early exit, so the compiler can test many octets with one instruction.
    path.starts_with('/') && path.bytes().fold(true, |all, octet| all & is_kept(octet)) && !path.contains("/.")
}

/// Returns true if a segment of the text is `.` or `..`, plain or percent-encoded. `..%2F` is not such a segment: an
/// encoded slash does not end a segment.
pub(super) fn has_dot_segment(text: &str) -> bool {
    // Most targets have neither a dot nor percent-encoding.
    let has_any = memchr::memchr2(b'.', b'%', text.as_bytes()).is_some();
    has_any
        && text.as_bytes().split(|octet| *octet == b'/').any(|segment| {
            after_dot(segment).is_some_and(|rest| rest.is_empty() || after_dot(rest).is_some_and(<[u8]>::is_empty))
        })
}

/// Returns the octets after a dot at the beginning of a segment; `None` if the segment does not begin with a dot.
fn after_dot(segment: &[u8]) -> Option<&[u8]> {
    match segment {
        [b'.', rest @ ..] | [b'%', b'2', b'e' | b'E', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// Removes the segment that begins at `start` if it is `.` or `..`. For `..`, also removes the segment before it.
/// Returns true if the segment was `.` or `..`.
fn resolve_dots(path: &mut String, start: usize) -> bool {
    match path.get(start..) {
        Some("/.") => path.truncate(start),
        Some("/..") => {
            path.truncate(start);
            // RFC 3986 §5.2.4: the root has no parent, so `/..` is `/`.
            path.truncate(path.rfind('/').unwrap_or(0));
        }
        _ => return false,
    }
    true
}

/// Appends one segment, with its percent-encoding normalised.
fn push_normalised(path: &mut String, segment: &[u8]) -> Result<(), TargetError> {
    let mut octets = segment.iter().copied();
    while let Some(octet) = octets.next() {
        match octet {
            b'%' => push_triplet(path, hex_digit(octets.next())? << 4 | hex_digit(octets.next())?),
            // RFC 3986 does not allow a backslash. Browsers read a backslash as a slash, and a router may or may not do
            // the same. `?` and `#` cannot be part of a path.
            b'\\' | b'?' | b'#' => return Err(TargetError::Path),
            0x21..=0x7e => path.push(char::from(octet)),
            _ => return Err(TargetError::Character),
        }
    }
    Ok(())
}

/// Appends a percent-encoded octet: decoded if it is an unreserved character, else as a triplet.
fn push_triplet(path: &mut String, octet: u8) {
    if octet.is_ascii_alphanumeric() || UNRESERVED_MARKS.contains(&octet) {
        // RFC 3986 §6.2.2.2: an encoded unreserved character is equal to the character itself.
        path.push(char::from(octet));
    } else {
        // RFC 3986 §6.2.2.1: hexadecimal digits are upper case. `%2F` stays encoded: an encoded slash is data, not a
        // separator.
        path.push('%');
        path.extend(
            [octet >> 4, octet & 0xf]
                .map(|digit| char::from(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 })),
        );
    }
}

/// RFC 3986 §2.1: two hexadecimal digits follow a percent sign.
fn hex_digit(octet: Option<u8>) -> Result<u8, TargetError> {
    octet
        .and_then(|octet| char::from(octet).to_digit(16))
        .and_then(|digit| u8::try_from(digit).ok())
        .ok_or(TargetError::PercentEncoding)
}

/// The unreserved characters of RFC 3986 §2.3 other than letters and digits.
const UNRESERVED_MARKS: [u8; 4] = *b"-._~";

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{Path, TargetError, has_dot_segment};

    #[test]
    fn dot_segments_are_found_in_every_spelling() {
        for text in
            ["/.", "/..", "/./", "/a/../b", "//..", "/%2e", "/%2E/a", "/a/%2e%2E", "/.%2e/a", "/%2e./a", "/a/..", ".."]
        {
            assert!(has_dot_segment(text), "{text}");
        }
        for text in
            ["/", "/...", "/.a", "/a.", "/..a", "/..%2F", "/..%2fa", "/.%2F", "/%2e%2e%2e", "/..;a", "/%252e", "/%2"]
        {
            assert!(!has_dot_segment(text), "{text}");
        }
    }

    #[test]
    fn equal_paths_have_one_normal_form() {
        for (text, normal) in [
            ("", "/"),
            ("/", "/"),
            ("//", "//"),
            ("/a", "/a"),
            ("/A/b/", "/A/b/"),
            ("/.", "/"),
            ("/..", "/"),
            ("/../../a", "/a"),
            ("/a/.", "/a/"),
            ("/a/b/..", "/a/"),
            ("/a/b/../", "/a/"),
            ("/a/./b/../c", "/a/c"),
            ("/a//../b", "/a/b"),
            ("/a/..//b", "//b"),
            ("//..", "/"),
            ("/...", "/..."),
            ("/.a/..b", "/.a/..b"),
            ("/a/%2e%2E/b", "/b"),
            ("/a/.%2e/b", "/b"),
            ("/%2e", "/"),
            ("/%7euser/%41%2d", "/~user/A-"),
            ("/a%2fb", "/a%2Fb"),
            ("/a%5cb", "/a%5Cb"),
            ("/%2541", "/%2541"),
            ("/%25%34%31", "/%2541"),
            ("/%e2%82%ac", "/%E2%82%AC"),
            ("/%00", "/%00"),
            ("/a;v=1/b,c:@!$&'()*+=", "/a;v=1/b,c:@!$&'()*+="),
            ("/a[0]|{b}^\"<`>", "/a[0]|{b}^\"<`>"),
        ] {
            assert_eq!(Path::parse(text).unwrap().as_str(), normal, "{text}");
        }
    }

    #[test]
    fn malformed_paths_are_rejected() {
        for (text, error) in [
            ("a", TargetError::Path),
            ("*", TargetError::Path),
            ("/a\\b", TargetError::Path),
            ("/a?b", TargetError::Path),
            ("/a#b", TargetError::Path),
            ("/a b", TargetError::Character),
            ("/a\tb", TargetError::Character),
            ("/a\u{7f}", TargetError::Character),
            ("/caf\u{e9}", TargetError::Character),
            ("/%", TargetError::PercentEncoding),
            ("/%4", TargetError::PercentEncoding),
            ("/%4/1", TargetError::PercentEncoding),
            ("/%zz", TargetError::PercentEncoding),
            ("/%+1", TargetError::PercentEncoding),
        ] {
            assert_eq!(Path::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn prefix_is_put_before_the_path_without_a_second_slash() {
        for (prefix, path, whole) in [
            ("/", "/a", "/a"),
            ("/v1", "/a", "/v1/a"),
            ("/v1/", "/a", "/v1/a"),
            ("/v1", "/", "/v1/"),
            ("/v1", "/v1/a", "/v1/v1/a"),
            ("/v1", "//a", "/v1//a"),
            ("/v1", "/../a", "/v1/a"),
        ] {
            let path = Path::parse(path).unwrap().with_prefix(&Path::parse(prefix).unwrap());
            assert_eq!(path.as_str(), whole);
        }
    }
}
