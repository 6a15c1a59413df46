//! Texts inside a JSON text.

use std::borrow::Cow;

use serde::Deserialize;

/// A part of a text. A `Span` is half as large as a `Range<usize>`, because objects are moved often.
#[derive(Clone, Copy)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// A string. It is borrowed from the JSON text unless it contains escapes.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl Span {
    /// The part from `start` to `end`. Offsets have 32 bits, which is enough because the texts are much shorter than 4
    /// GiB.
    pub(super) fn new(start: usize, end: usize) -> Self {
        let offset = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        Self { start: offset(start), end: offset(end) }
    }

    pub(super) fn of(self, json: &str) -> &str {
        json.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}
