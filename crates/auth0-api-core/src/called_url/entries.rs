//! Reads a forwarding header as one list of entries, and counts the entries that trusted proxies wrote.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;

use super::TargetError;
use super::proxies::ProxyChain;
use crate::request::HeaderSource;

/// The entries of one header, in the order of their arrival.
#[derive(Debug)]
pub(super) struct HeaderList<'r> {
    header: &'static str,
    pub(super) entries: Vec<&'r str>,
}

impl<'r> HeaderList<'r> {
    /// Reads all lines of a header as one list. The lines together may have at most [`MAX_HEADER`] octets, and
    /// [`MAX_ENTRIES`] entries.
    pub(super) fn read(headers: &'r dyn HeaderSource, header: &'static str) -> Result<Self, TargetError> {
        let mut lines = Vec::new();
        headers.each_value(header, &mut |line| lines.push(line));
        let length = lines.iter().map(|line| line.len()).fold(0, usize::saturating_add);
        if length > MAX_HEADER {
            return Err(TargetError::TooLong { length, limit: MAX_HEADER });
        }
        let mut list = Self { header, entries: Vec::new() };
        for line in lines {
            let line = str::from_utf8(line).map_err(|_| list.malformed())?;
            for entry in split_unquoted(line, b',') {
                if list.entries.len() == MAX_ENTRIES {
                    return Err(TargetError::ForwardedTooLong { header, limit: MAX_ENTRIES });
                }
                list.entries.push(entry.map_err(|Unclosed| list.malformed())?);
            }
        }
        Ok(list)
    }

    /// Returns the entry of the outermost trusted proxy: the proxy that received the request from the client, or from a
    /// proxy that is not trusted.
    pub(super) fn outermost(&self, trusted: TrustedEntries) -> Result<Option<&'r str>, TargetError> {
        let found = self.entries.len();
        // The list has `found` entries, and the last `count` of them are trusted. The first trusted entry has the index
        // `found - count`.
        let outermost =
            match trusted {
                TrustedEntries::UpTo(count) => found.saturating_sub(count),
                TrustedEntries::Exactly(_) if found == 0 => return Ok(None),
                TrustedEntries::Exactly(hops) => found
                    .checked_sub(hops.get())
                    .ok_or(TargetError::ForwardedTooShort { header: self.header, entries: found, hops: hops.get() })?,
            };
        Ok(self.entries.get(outermost).copied())
    }

    pub(super) fn malformed(&self) -> TargetError {
        TargetError::Forwarded { header: self.header }
    }
}

/// The number of entries at the right end of a list that trusted proxies wrote.
#[derive(Clone, Copy, Debug)]
pub(super) enum TrustedEntries {
    /// One entry for each hop, because each trusted proxy appends one entry. A list with fewer entries is an error.
    Exactly(NonZeroUsize),
    /// One entry for each trusted address that was found. If the list has fewer entries, a trusted proxy has replaced
    /// the list.
    UpTo(usize),
}

impl TrustedEntries {
    /// Counts the entries that trusted proxies wrote, in a list whose entries name senders.
    ///
    /// `sender_of` extracts the sender from an entry. The sender is the node that sent the request to the proxy that
    /// wrote the entry.
    pub(super) fn count<'r>(
        proxies: ProxyChain<'_>,
        list: &HeaderList<'r>,
        sender_of: impl Fn(&'r str) -> Result<Option<&'r str>, TargetError>,
    ) -> Result<Self, TargetError> {
        if let ProxyChain::Hops(count) = proxies {
            return Ok(Self::Exactly(count));
        }
        // The loop reads the list from the right. `count` is the number of trusted entries so far:
        //
        // - The peer is a trusted proxy and wrote the last entry, so the count begins at 1.
        // - Each entry names its sender. If the sender is a proxy, the sender wrote the entry to the left. So if the
        //   sender is trusted, the entry to the left is also trusted.
        // - The loop ends at the first sender that is not trusted. This sender may be the client, and a client can
        //   write any entries.
        // - The leftmost entry has no entry to its left, so the loop does not read its sender.
        let mut count = 1;
        for entry in list.entries.iter().skip(1).rev() {
            let sender = sender_of(entry)?.map(address).transpose().map_err(|_| list.malformed())?.flatten();
            if !sender.is_some_and(|sender| proxies.trusts(sender)) {
                break;
            }
            count += 1;
        }
        Ok(Self::UpTo(count))
    }
}

/// Parses `192.0.2.43`, `192.0.2.43:47011`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:47011`; `None` for
/// `unknown` and for names that hide the address ([RFC 7239 §6](https://www.rfc-editor.org/rfc/rfc7239#section-6)).
pub(super) fn address(node: &str) -> Result<Option<IpAddr>, MalformedNode> {
    // A node may also hide its port: `192.0.2.43:_port`.
    let node = node.split_once(":_").map_or(node, |(node, _hidden_port)| node);
    if node.starts_with('_') || node.eq_ignore_ascii_case("unknown") {
        return Ok(None);
    }
    let bare = node.strip_prefix('[').and_then(|node| node.strip_suffix(']')).unwrap_or(node);
    let with_port = || node.parse::<SocketAddr>().map(|socket| socket.ip());
    bare.parse().or_else(|_| with_port()).map(Some).map_err(|_| MalformedNode)
}

/// The text is not a node of RFC 7239 §6.
#[derive(Debug, PartialEq)]
pub(super) struct MalformedNode;

/// Splits the text at each delimiter outside quoted strings, and trims the parts. If a quoted string is not closed, the
/// last part is an error.
pub(crate) fn split_unquoted(text: &str, delimiter: u8) -> Unquoted<'_> {
    Unquoted { rest: Some(text), delimiter }
}

/// The parts that [`split_unquoted`] finds. They are found one by one, so a long text needs no memory.
#[derive(Debug)]
pub(crate) struct Unquoted<'t> {
    rest: Option<&'t str>,
    delimiter: u8,
}

/// A quoted string is not closed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Unclosed;

impl<'t> Iterator for Unquoted<'t> {
    type Item = Result<&'t str, Unclosed>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest.take()?;
        let Ok(end) = end_of_part(text, self.delimiter) else { return Some(Err(Unclosed)) };
        let (part, rest) = text.split_at_checked(end).unwrap_or((text, ""));
        // Without a delimiter after the part, it is the last one.
        self.rest = rest.get(1..);
        // Most parts have no blanks around them.
        let has_blank = matches!(part.as_bytes(), [b' ' | b'\t', ..] | [.., b' ' | b'\t']);
        Some(Ok(if has_blank { part.trim_matches([' ', '\t']) } else { part }))
    }
}

/// Returns the position of the first delimiter outside quoted strings, or of the end of the text.
fn end_of_part(text: &str, delimiter: u8) -> Result<usize, Unclosed> {
    // The octets of a character outside of ASCII are never equal to one of these characters.
    let octets = text.as_bytes();
    let mut at = 0;
    while let Some(found) = first_of(delimiter, b'"', octets.get(at..).unwrap_or_default()) {
        at += found;
        if octets.get(at) == Some(&delimiter) {
            return Ok(at);
        }
        at = end_of_quotes(octets, at + 1)?;
    }
    Ok(text.len())
}

/// Hostile lists consist of short parts. For them, this takes less time than `memchr2`.
fn first_of(one: u8, other: u8, octets: &[u8]) -> Option<usize> {
    octets.iter().position(|octet| *octet == one || *octet == other)
}

/// Returns the position after the quote that closes a quoted string whose contents begin here. A backslash takes the
/// meaning from the octet after it.
fn end_of_quotes(octets: &[u8], contents: usize) -> Result<usize, Unclosed> {
    let mut at = contents;
    loop {
        at += first_of(b'"', b'\\', octets.get(at..).ok_or(Unclosed)?).ok_or(Unclosed)?;
        if octets.get(at) == Some(&b'"') {
            return Ok(at + 1);
        }
        at += 2;
    }
}

/// The greatest length of one header with all its lines, in octets. Real chains of proxies write less.
pub(super) const MAX_HEADER: usize = 8 * 1024;
/// The greatest number of entries in one header. Real chains have fewer than ten proxies. A client could otherwise send
/// thousands of short entries, or of addresses in a trusted network.
const MAX_ENTRIES: usize = 64;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::{MalformedNode, Unclosed, address, split_unquoted};

    #[test]
    fn nodes_are_read_with_and_without_port() {
        for (node, expected) in [
            ("192.0.2.43", Ok(Some("192.0.2.43"))),
            ("192.0.2.43:47011", Ok(Some("192.0.2.43"))),
            ("192.0.2.43:_port", Ok(Some("192.0.2.43"))),
            ("2001:db8::1", Ok(Some("2001:db8::1"))),
            ("[2001:db8::1]", Ok(Some("2001:db8::1"))),
            ("[2001:db8::1]:47011", Ok(Some("2001:db8::1"))),
            ("unknown", Ok(None)),
            ("_hidden", Ok(None)),
            ("", Err(MalformedNode)),
            ("localhost", Err(MalformedNode)),
            ("192.0.2.43:port", Err(MalformedNode)),
            ("[192.0.2.43", Err(MalformedNode)),
        ] {
            assert_eq!(address(node), expected.map(|address| address.map(|text| text.parse().unwrap())), "{node}");
        }
    }

    #[test]
    fn delimiters_in_quotes_do_not_split() {
        for (text, expected) in [
            ("", Ok(vec![""])),
            ("a , b\t,", Ok(vec!["a", "b", ""])),
            ("\"a,b\",c", Ok(vec!["\"a,b\"", "c"])),
            ("\"a\\\",b\",c", Ok(vec!["\"a\\\",b\"", "c"])),
            ("\"a,b", Err(Unclosed)),
            ("\"a\\\"", Err(Unclosed)),
        ] {
            assert_eq!(split_unquoted(text, b',').collect::<Result<Vec<_>, _>>(), expected, "{text}");
        }
    }
}
