//! Displays an error followed by its sources.

use std::error::Error;
use std::fmt;

/// Displays an error and its sources, the outermost first.
///
/// Use it only for errors on this API's side. The sources of other errors may contain text that a caller sent, and such
/// text must not be logged.
pub(crate) struct WithSources<'e>(pub(crate) &'e dyn Error);

impl fmt::Display for WithSources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.to_string();
        f.write_str(&shown)?;
        let mut source = self.0.source();
        for _ in 0..MAX_SOURCES {
            let Some(error) = source else { break };
            let text = error.to_string();
            // Many libraries repeat the text of a source in the text of the error itself.
            if !shown.ends_with(&text) {
                write!(f, ": {text}")?;
                shown = text;
            }
            source = error.source();
        }
        Ok(())
    }
}

/// Usually, an error has four or five sources. The errors of an HTTP client that the application provides may have an
/// endless chain of sources.
const MAX_SOURCES: usize = 8;
