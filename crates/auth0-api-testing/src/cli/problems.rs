//! Everything that is wrong with a configuration: the program reports all problems at once.

use std::cell::RefCell;
use std::ops::Range;

use super::wrap;

/// Collects problems. A problem of the file has the line where it is.
#[derive(Debug)]
pub(super) struct Problems<'a> {
    file: String,
    text: &'a str,
    found: RefCell<Vec<(Option<usize>, String)>>,
}

impl<'a> Problems<'a> {
    /// Starts a list for this file and its text. Without a file, both are empty.
    pub(super) fn of_file(file: String, text: &'a str) -> Self {
        Self { file, text, found: RefCell::default() }
    }

    /// Adds a problem of a part of the file.
    pub(super) fn at(&self, span: &Range<usize>, problem: impl Into<String>) {
        let line = self.text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1;
        self.found.borrow_mut().push((Some(line), problem.into()));
    }

    /// Adds a problem that no single line of the file has.
    pub(super) fn add(&self, problem: impl Into<String>) {
        self.found.borrow_mut().push((None, problem.into()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.borrow().is_empty()
    }

    /// Returns all problems as text for a terminal, those of the file in the order of its lines.
    pub(super) fn report(&self) -> String {
        let mut found = self.found.borrow().clone();
        found.sort_by_key(|(line, _)| line.unwrap_or(usize::MAX));
        let count = match found.len() {
            1 => "1 problem in the configuration:".to_owned(),
            many => format!("{many} problems in the configuration:"),
        };
        let lines = found.into_iter().map(|(line, problem)| match line {
            Some(line) => wrap::paragraph("  ", &format!("{}:{line}: {problem}", self.file)),
            None => wrap::paragraph("  ", &problem),
        });
        std::iter::once(count).chain(lines).collect::<Vec<_>>().join("\n")
    }
}
