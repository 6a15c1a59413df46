//! Text for people, broken at the width of the terminal.

use crate::terminal::{Mark, Terminal};

/// A paragraph for people.
#[derive(Clone, Debug)]
pub(super) struct Line {
    mark: Option<Mark>,
    /// What the first line begins with. The others are indented by as many columns.
    first: String,
    text: String,
}

impl Line {
    pub(super) fn new(first: impl Into<String>, text: impl Into<String>) -> Self {
        Self { mark: None, first: first.into(), text: text.into() }
    }

    pub(super) fn marked(mark: Mark, text: impl Into<String>) -> Self {
        Self { mark: Some(mark), ..Self::new("", text) }
    }

    /// Writes paragraphs, each with a line feed at its end.
    pub(super) fn render(lines: &[Self], terminal: &Terminal) -> String {
        lines.iter().map(|line| line.text(terminal) + "\n").collect()
    }

    fn text(&self, terminal: &Terminal) -> String {
        let mark = self.mark.map(|mark| format!("{} ", terminal.mark(mark))).unwrap_or_default();
        terminal.wrap(&format!("{mark}{}", self.first), &terminal.shown(&self.text))
    }
}
