//! The arguments of the program. clap repeats a wrong argument in its message, which may land in the log of a pipeline: not one
//! that contains a token.

use std::process::ExitCode;

use clap::Parser;
use clap::error::{ContextValue, Error};

use crate::exit_status::ExitStatus;
use crate::terminal::{Mark, tell};

/// Reads the arguments. The error is the exit status: the problem, the help or the version is printed.
pub(crate) fn parse<C: Parser>() -> Result<C, ExitCode> {
    C::try_parse().map_err(|error| {
        if has_token(&error) {
            tell(Mark::Failed, MISPLACED);
            return ExitStatus::Unusable.into();
        }
        // If the output is closed, the exit status still says how the program ended.
        drop(error.print());
        u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
    })
}

/// Whether the message repeats an argument that may contain a token.
fn has_token(error: &Error) -> bool {
    error.context().any(|(_, value)| match value {
        ContextValue::String(text) => text.contains(JWT),
        ContextValue::Strings(texts) => texts.iter().any(|text| text.contains(JWT)),
        _ => false,
    })
}

/// A JWT begins with this: `{"` in base64url.
const JWT: &str = "eyJ";
const MISPLACED: &str = "an argument contains a token: pass it on standard input, so that no history of a shell and no list \
                         of processes has it: auth0-api check < token.txt";
