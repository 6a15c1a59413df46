//! The query of the redirect that ends the browser's part.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use secrecy::{ExposeSecret as _, SecretString};

use super::ConnectError;
use crate::printable::printable;

/// Returns the `connect_code` of a query with this state. `query` may also be the whole URL of the redirect.
pub(super) fn connect_code(query: &str, state: &SecretString) -> Result<SecretString, ConnectError> {
    if query.len() > LONGEST_QUERY {
        return Err(ConnectError::Callback { parameter: "length" });
    }
    let query = query.split('#').next().unwrap_or_default();
    let query = query.split_once('?').map_or(query, |(_, query)| query);
    let found = one(query, "state")?.unwrap_or_default();
    // The state first: another site could send the browser here with a code or an error of its own.
    verify_slices_are_equal(found.as_bytes(), state.expose_secret().as_bytes()).map_err(|_| ConnectError::State)?;
    if let Some(error) = one(query, "error")? {
        return Err(ConnectError::Denied { code: printable(&error, LONGEST_ERROR) });
    }
    let code = one(query, "connect_code")?.filter(|code| !code.is_empty() && code.len() <= LONGEST_CODE);
    code.map(Into::into).ok_or(ConnectError::Callback { parameter: "connect_code" })
}

/// Returns the parameter. A repeated one is an error, because it is unclear which one is meant.
fn one(query: &str, name: &'static str) -> Result<Option<String>, ConnectError> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    if values.next().is_some() { Err(ConnectError::Callback { parameter: name }) } else { Ok(value) }
}

/// The length that most servers accept for a URL.
const LONGEST_QUERY: usize = 8 * 1024;
/// OAuth codes in use have at most 46 characters.
const LONGEST_ERROR: usize = 64;
/// Auth0's limit is 46 characters; four times as many may be a change of Auth0.
const LONGEST_CODE: usize = 184;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<String, &'static str> {
        let code = connect_code(query, &"s+1".into());
        code.map(|code| code.expose_secret().to_owned()).map_err(|error| error.label())
    }

    #[test]
    fn a_redirect_counts_only_with_the_state_of_its_flow() {
        assert_eq!(read("connect_code=c&state=s%2B1"), Ok("c".into()));
        assert_eq!(read("https://app.example.com/cb?connect_code=c&state=s%2B1#f"), Ok("c".into()));
        for (query, label) in [
            ("connect_code=c&state=s%2B2", "connect_state"),
            ("connect_code=c", "connect_state"),
            ("error=access_denied&state=other", "connect_state"),
            ("error=access_denied&state=s%2B1", "connect_denied"),
            ("state=s%2B1", "connect_callback"),
            ("connect_code=&state=s%2B1", "connect_callback"),
            ("connect_code=a&connect_code=b&state=s%2B1", "connect_callback"),
            ("connect_code=a&state=s%2B1&state=s%2B1", "connect_callback"),
        ] {
            assert_eq!(read(query), Err(label), "{query}");
        }
        assert_eq!(read(&format!("connect_code={}&state=s%2B1", "c".repeat(185))), Err("connect_callback"));
        assert_eq!(read(&format!("connect_code=c&state=s%2B1&x={}", "c".repeat(9000))), Err("connect_callback"));
    }
    #[test]
    fn the_error_of_a_redirect_is_shown_in_short_and_without_control_characters() {
        // Found by fuzzing.
        let query = "error=i%00%002RRRRRRRRRRRRRRRRRRRRRee+ctr%18u\u{fffd}+%0d%0aSet-Cookie:+x&state=s%2B1";
        let shown = |query: &str| connect_code(query, &"s+1".into()).map(drop).map_err(|error| error.to_string());
        let before = "the account was not connected:";
        assert_eq!(shown(query), Err(format!("{before} i2RRRRRRRRRRRRRRRRRRRRRee ctru Set-Cookie: x")));
        let long = format!("error={}&state=s%2B1", "e".repeat(65));
        assert_eq!(shown(&long), Err(format!("{before} {}", "e".repeat(64))));
    }
}
