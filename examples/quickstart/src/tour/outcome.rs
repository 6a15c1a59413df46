//! One line for each step of the tour, and the whole exchange where a promise is broken.

use crate::page::{ACCEPTED, BROKEN, DIM, REJECTED, wrapped};

/// What came of a step.
pub(super) struct Outcome {
    pub(super) title: &'static str,
    pub(super) status: u16,
    /// The promised status, and the reason for it.
    pub(super) promised: (u16, &'static str),
    pub(super) kept: bool,
    /// The lines of the request and of the answer.
    pub(super) exchange: Vec<String>,
}

impl Outcome {
    pub(super) fn print(&self, verbose: bool) {
        let Self { title, status, promised: (promised, reason), kept, .. } = self;
        let style = match (*kept, status) {
            (false, _) => BROKEN,
            (true, 200) => ACCEPTED,
            (true, _) => REJECTED,
        };
        let (mark, shown) = if *kept { ('✓', *reason) } else { ('✗', "") };
        let line = format!("  {style}{mark}{style:#} {title:<TITLE$} {style}{status}{style:#} {shown}");
        anstream::println!("{}", line.trim_end());
        if !kept {
            let line = format!("      promised: {promised} {reason}");
            anstream::println!("{style}{}{style:#}", line.trim_end());
        }
        if verbose || !kept {
            for line in self.exchange.iter().flat_map(|line| wrapped(line, 6)) {
                anstream::println!("{DIM}{}{DIM:#}", line.trim_end());
            }
            anstream::println!();
        }
    }
}

/// The columns of a title. A mark, a status and a reason of 27 columns then fit into a line.
const TITLE: usize = 44;
