//! A forwarding header as one list of entries, and how far from its right end it can be believed.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;

use super::TargetError;
use super::proxies::ProxyChain;
use crate::request::HeaderSource;

/// A header's entries in the order of their arrival.
#[derive(Debug)]
pub(super) struct HeaderList<'r> {
    header: &'static str,
    pub(super) entries: Vec<&'r str>,
}

impl<'r> HeaderList<'r> {
    pub(super) fn read(headers: &'r dyn HeaderSource, header: &'static str) -> Result<Self, TargetError> {
        Self::read_within(MAX_HEADER, headers, header)
    }

    pub(super) fn read_within(
        limit: usize,
        headers: &'r dyn HeaderSource,
        header: &'static str,
    ) -> Result<Self, TargetError> {
        let mut lines = Vec::new();
        headers.each_value(header, &mut |line| lines.push(line));
        let length = lines.iter().map(|line| line.len()).fold(0, usize::saturating_add);
        if length > limit {
            return Err(TargetError::TooLong { length, limit });
        }
        let mut list = Self { header, entries: Vec::new() };
        for line in lines {
            let line = str::from_utf8(line).map_err(|_| list.malformed())?;
            list.entries.extend(split_unquoted(line, ',').ok_or(list.malformed())?);
        }
        Ok(list)
    }

    /// The outermost entry that a trusted proxy wrote: the one that saw the client's URL.
    pub(super) fn written_within(&self, reach: TrustedEntries) -> Result<Option<&'r str>, TargetError> {
        let found = self.entries.len();
        let outermost =
            match reach {
                TrustedEntries::UpTo(trusted) => found.saturating_sub(trusted),
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

/// How many entries of a list, from the right, were written by trusted proxies.
#[derive(Clone, Copy, Debug)]
pub(super) enum TrustedEntries {
    /// As many as there are hops; each of them appends.
    Exactly(NonZeroUsize),
    /// As many as there are trusted addresses; where the list is shorter, one of them has replaced it.
    UpTo(usize),
}

impl TrustedEntries {
    /// For lists that no proxy replaces: each trusted one has appended its entry.
    pub(super) fn exactly(self) -> Self {
        match self {
            Self::Exactly(count) => Self::Exactly(count),
            Self::UpTo(count) => NonZeroUsize::new(count).map_or(self, Self::Exactly),
        }
    }

    /// Follows the addresses of those who sent the request on, from right to left, up to the first that is not trusted.
    pub(super) fn of<'r>(
        chain: ProxyChain<'_>,
        list: &HeaderList<'r>,
        client: impl Fn(&'r str) -> Result<Option<&'r str>, TargetError>,
    ) -> Result<Self, TargetError> {
        if let ProxyChain::Hops(count) = chain {
            return Ok(Self::Exactly(count));
        }
        // The peer wrote the last entry. The first entry's address is the client's: nobody before it wrote anything.
        let mut trusted = 1;
        for entry in list.entries.iter().skip(1).rev() {
            let sender = client(entry)?.map(address).transpose().map_err(|_| list.malformed())?.flatten();
            if !sender.is_some_and(|sender| chain.trusts(sender)) {
                break;
            }
            trusted += 1;
        }
        Ok(Self::UpTo(trusted))
    }
}

/// The address in `192.0.2.43`, `192.0.2.43:47011`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:47011`; `None` for
/// `unknown` and for names that hide one ([RFC 7239 §6](https://www.rfc-editor.org/rfc/rfc7239#section-6)).
fn address(node: &str) -> Result<Option<IpAddr>, NoNode> {
    let node = node.split_once(":_").map_or(node, |(node, _hidden_port)| node);
    if node.starts_with('_') || node.eq_ignore_ascii_case("unknown") {
        return Ok(None);
    }
    let bare = node.strip_prefix('[').and_then(|node| node.strip_suffix(']')).unwrap_or(node);
    let with_port = || node.parse::<SocketAddr>().map(|socket| socket.ip());
    bare.parse().or_else(|_| with_port()).map(Some).map_err(|_| NoNode)
}

/// A text that is no node of RFC 7239 §6.
#[derive(Debug, PartialEq)]
struct NoNode;

/// The trimmed parts between delimiters that stand in no quoted string; `None` if a quote is left open.
pub(crate) fn split_unquoted(text: &str, delimiter: char) -> Option<Vec<&str>> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text
        .split(|character| {
            if escaped {
                escaped = false;
            } else if character == '"' {
                quoted = !quoted;
            } else {
                escaped = quoted && character == '\\';
            }
            !quoted && character == delimiter
        })
        .map(|part| part.trim_matches([' ', '\t']))
        .collect();
    (!quoted).then_some(parts)
}

/// The size of one header with all its lines, in octets: more than any chain of proxies writes.
pub(super) const MAX_HEADER: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::{NoNode, address, split_unquoted};

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
            ("", Err(NoNode)),
            ("localhost", Err(NoNode)),
            ("192.0.2.43:port", Err(NoNode)),
            ("[192.0.2.43", Err(NoNode)),
        ] {
            assert_eq!(address(node), expected.map(|address| address.map(|text| text.parse().unwrap())), "{node}");
        }
    }

    #[test]
    fn delimiters_in_quotes_do_not_split() {
        for (text, expected) in [
            ("", Some(vec![""])),
            ("a , b\t,", Some(vec!["a", "b", ""])),
            ("\"a,b\",c", Some(vec!["\"a,b\"", "c"])),
            ("\"a\\\",b\",c", Some(vec!["\"a\\\",b\"", "c"])),
            ("\"a,b", None),
            ("\"a\\\"", None),
        ] {
            assert_eq!(split_unquoted(text, ','), expected, "{text}");
        }
    }
}
