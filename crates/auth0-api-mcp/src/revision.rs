//! The revisions of the specification.

use std::fmt;

/// A revision of the specification of MCP, which is also its protocol version.
///
/// A request names its revision in the header `MCP-Protocol-Version`, and since 2026-07-28 also in its message. A request
/// without the header is of the revision 2025-03-26, which had no such header
/// ([Streamable HTTP](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Revision {
    /// 2024-11-05: the first revision.
    V2024_11_05,
    /// 2025-03-26: Streamable HTTP, with batches of messages.
    V2025_03_26,
    /// 2025-06-18: the header `MCP-Protocol-Version`, no batches.
    V2025_06_18,
    /// 2025-11-25: the last revision with sessions.
    V2025_11_25,
    /// 2026-07-28: without sessions. Each request declares the capabilities of the client, and mirrors its method and its
    /// target in headers.
    V2026_07_28,
}

impl Revision {
    /// Every revision, the oldest first.
    pub const ALL: [Self; 5] =
        [Self::V2024_11_05, Self::V2025_03_26, Self::V2025_06_18, Self::V2025_11_25, Self::V2026_07_28];

    /// The text of the revision in messages and headers, such as `2026-07-28`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// Whether each request describes itself: its version and the client's capabilities are in `params._meta`, and its
    /// method and its target in headers. There are no sessions then.
    pub fn is_stateless(self) -> bool {
        self >= Self::V2026_07_28
    }

    /// Whether a client may send several messages as one array.
    pub fn has_batches(self) -> bool {
        self == Self::V2025_03_26
    }

    /// Returns the revision with this text, exactly.
    pub(crate) fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|revision| revision.as_str() == text)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Revision;

    #[test]
    fn revisions_are_ordered_by_their_dates() {
        assert!(Revision::ALL.is_sorted());
        assert!(Revision::ALL.map(Revision::as_str).is_sorted());
    }

    #[test]
    fn only_the_exact_text_names_a_revision() {
        for revision in Revision::ALL {
            assert_eq!(Revision::of(&revision.to_string()), Some(revision));
        }
        for other in ["", "2026-07-27", "2026-07-28 ", " 2026-07-28", "2026-7-28", "2026-07-28, 2025-11-25", "DRAFT"] {
            assert_eq!(Revision::of(other), None, "{other:?}");
        }
    }

    #[test]
    fn the_revisions_differ_in_two_rules() {
        let stateless = Revision::ALL.into_iter().filter(|revision| revision.is_stateless());
        assert_eq!(stateless.collect::<Vec<_>>(), [Revision::V2026_07_28]);
        let batches = Revision::ALL.into_iter().filter(|revision| revision.has_batches());
        assert_eq!(batches.collect::<Vec<_>>(), [Revision::V2025_03_26]);
    }
}
