//! Whether to apply a plan.

use std::io::{self, BufRead, IsTerminal as _, Write};

use clap::Args;

use super::line::Line;
use crate::terminal::Terminal;

#[derive(Debug, Args)]
pub(super) struct Confirmation {
    /// Apply the plan without asking, as a pipeline does
    #[arg(long)]
    yes: bool,
}

/// The answer to the question whether to apply a plan.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Declined,
    /// A person has seen the plan, and said yes.
    Given,
    /// Nobody is there to answer.
    NoTerminal,
    /// `--yes`.
    Preset,
}

impl Confirmation {
    /// Asks on the standard error, so that the standard output has the result only.
    pub(super) fn ask(&self, plan: &[Line]) -> Answer {
        let (input, output) = (io::stdin(), io::stderr());
        if self.yes {
            Answer::Preset
        } else if input.is_terminal() && output.is_terminal() {
            asked(&Line::render(plan, &Terminal::of_stderr()), &mut input.lock(), &mut output.lock())
        } else {
            Answer::NoTerminal
        }
    }
}

impl Answer {
    /// Whether the question has shown the plan.
    pub(super) fn is_printed(&self) -> bool {
        matches!(self, Self::Declined | Self::Given)
    }

    /// Why the plan is not applied, and what to do.
    pub(super) fn objection(&self) -> Option<&'static str> {
        match self {
            Self::Declined => Some("Nothing was changed."),
            Self::Given | Self::Preset => None,
            Self::NoTerminal => {
                Some("Nothing was changed: nobody is at a terminal to confirm the plan. Pass --yes to apply it.")
            }
        }
    }
}

/// Only `y` and `yes` are a yes. The end of the input, and an error, are a no.
fn asked(plan: &str, input: &mut dyn BufRead, output: &mut dyn Write) -> Answer {
    let mut line = String::new();
    let question = write!(output, "{plan}\nApply this plan? [y/N] ").and_then(|()| output.flush());
    let read = question.and_then(|()| input.read_line(&mut line));
    let is_yes = read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes");
    if is_yes { Answer::Given } else { Answer::Declined }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    #[test]
    fn only_a_yes_applies_the_plan() {
        for (typed, answer) in [
            ("y\n", Answer::Given),
            ("YES\n", Answer::Given),
            ("n\n", Answer::Declined),
            ("\n", Answer::Declined),
            ("", Answer::Declined),
            ("yes please\n", Answer::Declined),
        ] {
            let mut shown = Vec::new();
            assert_eq!(asked("The plan\n", &mut typed.as_bytes(), &mut shown), answer, "{typed:?}");
            assert_eq!(String::from_utf8(shown).unwrap(), "The plan\n\nApply this plan? [y/N] ");
        }
    }
}
