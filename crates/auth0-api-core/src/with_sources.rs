//! Displays an error followed by its sources.

use std::error::Error;
use std::fmt;

/// Displays an error and its sources, the outermost first.
///
/// Use it only for errors on this API's side. The sources of other errors may contain text of a caller, which must not
/// be logged.
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

/// Usual chains have four or five. The chain of an injected HTTP client may be endless.
const MAX_SOURCES: usize = 8;
