//! The program: reads the input, judges it, prints the report.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use auth0_api_core::{Clock as _, SystemClock};

use super::input::Presented;
use super::judge::judge;
use super::options::CheckOptions;
use super::report::Report;
use super::settings::Settings;
use super::{json, text};
use crate::exit_status::ExitStatus;
use crate::runtime;
use crate::terminal::{self, Mark, Terminal, tell};

/// Runs `auth0-api check`, and returns the exit status.
pub(crate) fn run(options: &CheckOptions) -> ExitCode {
    let printed = report(options).and_then(|report| {
        let text = if options.json {
            json::render(&report, options.claims)
        } else {
            text::render(&report, &Terminal::of_stdout(), options.claims)
        };
        terminal::print(&text).map_err(|error| format!("the report cannot be written: {error}"))?;
        Ok(report.outcome.exit_status())
    });
    match printed {
        Ok(status) => status.into(),
        Err(problem) => {
            tell(Mark::Failed, &problem);
            ExitStatus::Unusable.into()
        }
    }
}

fn report(options: &CheckOptions) -> Result<Report, String> {
    let settings = Settings::new(options, SystemClock.now())?;
    if io::stdin().is_terminal() {
        drop(terminal::print_error(PROMPT));
    }
    let presented = Presented::read(io::stdin().lock()).map_err(|error| error.to_string())?;
    let presented = presented.called(options.method.as_deref(), options.url.as_deref());
    runtime::block_on(judge(&settings, &presented))?
}

const PROMPT: &str = "Paste a token, its headers or a request, and press ctrl-d:\n";
