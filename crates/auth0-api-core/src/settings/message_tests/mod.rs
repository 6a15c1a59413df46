//! What an operator reads about a wrong configuration.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

mod credentials;
mod files;
mod sources;
mod values;

use super::Settings;
use crate::builder::ApiClientBuilder;

const DOMAIN: (&str, &str) = ("AUTH0_DOMAIN", "tenant.eu.auth0.com");
const AUDIENCE: (&str, &str) = ("AUTH0_AUDIENCE", "https://api.example.com");
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/testdata/keys/");

fn from(variables: &[(&str, &str)]) -> Settings {
    Settings::from_variables(|name| {
        let (_, value) = variables.iter().find(|(variable, _)| *variable == name)?;
        Some((*value).to_owned())
    })
}

fn message_of(builder: ApiClientBuilder) -> String {
    let error = builder.build().unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
    error.to_string().strip_prefix("the configuration is unusable: ").unwrap().to_owned()
}

/// The message about these variables, beside a good domain and a good audience.
fn message(variables: &[(&str, &str)]) -> String {
    message_of(from(&[&[DOMAIN, AUDIENCE], variables].concat()).builder())
}
