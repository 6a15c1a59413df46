//! What a client saw.

use std::fmt;

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Served,
    Status(u16),
    /// No answer, or one that ends in the middle.
    NoAnswer,
    /// The stream went on after its token had ended.
    Outlived,
}

/// The columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Served,
    Unauthorized,
    Forbidden,
    ServerError,
    None,
    Other,
}

impl Outcome {
    pub(crate) fn of_status(status: u16) -> Self {
        if (200..300).contains(&status) { Self::Served } else { Self::Status(status) }
    }

    pub(crate) fn column(self) -> Column {
        match self {
            Self::Served => Column::Served,
            Self::Status(401) => Column::Unauthorized,
            Self::Status(403) => Column::Forbidden,
            Self::Status(500..) => Column::ServerError,
            Self::NoAnswer => Column::None,
            Self::Outlived | Self::Status(_) => Column::Other,
        }
    }
}

impl Column {
    pub(crate) const ALL: [Self; 6] =
        [Self::Served, Self::Unauthorized, Self::Forbidden, Self::ServerError, Self::None, Self::Other];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Served => "2xx",
            Self::Unauthorized => "401",
            Self::Forbidden => "403",
            Self::ServerError => "5xx",
            Self::None => "none",
            Self::Other => "other",
        }
    }

    /// In characters.
    pub(crate) fn width(self) -> usize {
        if matches!(self, Self::Forbidden | Self::None) { 5 } else { 6 }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Served => f.write_str("served"),
            Self::Status(status) => status.fmt(f),
            Self::NoAnswer => f.write_str("no answer"),
            Self::Outlived => f.write_str("went on after its token"),
        }
    }
}
