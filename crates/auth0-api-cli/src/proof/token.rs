//! The access token that the proof is for, from standard input.

use std::io::{self, IsTerminal as _};

use auth0_api_core::exchange::IssuedToken;

use crate::check::Presented;
use crate::terminal;

/// Reads the token, in each form that `auth0-api check` reads too. The error is a text for the person who passed it.
pub(super) fn read() -> Result<IssuedToken, String> {
    if io::stdin().is_terminal() {
        drop(terminal::print_error(PROMPT));
    }
    let presented = Presented::read(io::stdin().lock()).map_err(|error| format!("{error}; {WITHOUT}"))?;
    let token = presented.token().ok_or_else(|| format!("the input has no access token; {WITHOUT}"))?;
    IssuedToken::new(token).ok_or_else(|| "the access token has characters that no header can have".to_owned())
}

const PROMPT: &str = "Paste the access token, and press ctrl-d:\n";
const WITHOUT: &str = "for a token request, which has no access token yet, set --without-token";
