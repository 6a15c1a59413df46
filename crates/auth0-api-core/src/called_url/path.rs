//! A URL's path in its one normal form.

use super::TargetError;

/// A path that begins with a slash and in which equal paths are equal text.
///
/// Case, trailing slashes, empty segments and encoded slashes are part of the path and stay.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Path(String);

impl Path {
    /// Normalises a path that stands behind an authority; an empty one is `/`.
    pub(super) fn parse(text: &str) -> Result<Self, TargetError> {
        // RFC 3986 §6.2.3: with http, an empty path is the same as `/`.
        let mut segments = match text.strip_prefix('/') {
            Some(segments) => segments.split('/').peekable(),
            None if text.is_empty() => return Ok(Self("/".to_owned())),
            None => return Err(TargetError::Path),
        };
        let mut path = String::with_capacity(text.len());
        while let Some(segment) = segments.next() {
            let start = path.len();
            path.push('/');
            push_normalised(&mut path, segment)?;
            if resolve_dots(&mut path, start) && segments.peek().is_none() {
                path.push('/');
            }
        }
        Ok(Self(path))
    }

    /// The path as a client sees it whose proxy strips `prefix`.
    pub(super) fn below(self, prefix: &Self) -> Self {
        match prefix.0.strip_suffix('/').unwrap_or(&prefix.0) {
            "" => self,
            prefix => Self(format!("{prefix}{}", self.0)),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Resolves the segment that was written from `start` on if it is `.` or `..`, and says whether it was.
fn resolve_dots(path: &mut String, start: usize) -> bool {
    // RFC 3986 §5.2.4: above the root there is nothing, so `/..` is `/`.
    match path.get(start..) {
        Some("/.") => path.truncate(start),
        Some("/..") => {
            path.truncate(start);
            path.truncate(path.rfind('/').unwrap_or(0));
        }
        _ => return false,
    }
    true
}

/// Writes one segment, with its percent-encoding normalised.
fn push_normalised(path: &mut String, segment: &str) -> Result<(), TargetError> {
    let mut octets = segment.bytes();
    while let Some(octet) = octets.next() {
        match octet {
            b'%' => push_triplet(path, hex_digit(octets.next())? << 4 | hex_digit(octets.next())?),
            // Browsers read it as a slash, RFC 3986 knows no such character, and a router may go either way.
            b'\\' | b'?' | b'#' => return Err(TargetError::Path),
            0x21..=0x7e => path.push(char::from(octet)),
            _ => return Err(TargetError::Character),
        }
    }
    Ok(())
}

fn push_triplet(path: &mut String, octet: u8) {
    if octet.is_ascii_alphanumeric() || UNRESERVED_MARKS.contains(&octet) {
        // RFC 3986 §6.2.2.2: an encoded unreserved character is the character.
        path.push(char::from(octet));
    } else {
        // RFC 3986 §6.2.2.1: hexadecimal digits are upper case. `%2F` stays what it is: data, no slash.
        path.push('%');
        path.extend(
            [octet >> 4, octet & 0xf]
                .map(|digit| char::from(if digit < 10 { b'0' + digit } else { b'A' + digit - 10 })),
        );
    }
}

/// RFC 3986 §2.1: a percent sign stands before two hexadecimal digits.
fn hex_digit(octet: Option<u8>) -> Result<u8, TargetError> {
    octet
        .and_then(|octet| char::from(octet).to_digit(16))
        .and_then(|digit| u8::try_from(digit).ok())
        .ok_or(TargetError::PercentEncoding)
}

/// The unreserved characters of RFC 3986 §2.3 beside letters and digits.
const UNRESERVED_MARKS: [u8; 4] = *b"-._~";

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{Path, TargetError};

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
    fn what_is_no_path_is_rejected() {
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
    fn prefix_stands_before_the_path_without_a_second_slash() {
        for (prefix, path, whole) in [
            ("/", "/a", "/a"),
            ("/v1", "/a", "/v1/a"),
            ("/v1/", "/a", "/v1/a"),
            ("/v1", "/", "/v1/"),
            ("/v1", "/v1/a", "/v1/v1/a"),
            ("/v1", "//a", "/v1//a"),
            ("/v1", "/../a", "/v1/a"),
        ] {
            let path = Path::parse(path).unwrap().below(&Path::parse(prefix).unwrap());
            assert_eq!(path.as_str(), whole);
        }
    }
}
