//! Errors for operators: each with what is behind it.

use std::error::Error;
use std::fmt;

/// An error and its sources, from the outside in. For our own troubles only: a caller's text has no place in a log.
pub(crate) struct WithSources<'e>(pub(crate) &'e dyn Error);

impl fmt::Display for WithSources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        for _ in 0..MAX_SOURCES {
            let Some(error) = source else { break };
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

/// Real chains have four or five; a foreign HTTP client's may be endless.
const MAX_SOURCES: usize = 8;
