//! The configuration from environment variables.

use std::fs::File;
use std::io::Read as _;

use secrecy::zeroize::Zeroizing;

use crate::build_error::{AUDIENCE, CLIENT_ID, CLIENT_SECRET, DECRYPTION_KEY_FILE, DOMAIN, VariableError};
use crate::builder::ApiClientBuilder;
use crate::client::ApiClient;
use crate::exchange::ClientAuth;
use crate::issuer::{Domain, Loopback};
use crate::jose::DecryptionKey;

impl ApiClient {
    /// Configures a client from the environment variables `AUTH0_DOMAIN` and `AUTH0_AUDIENCE`, and optionally from both
    /// `AUTH0_CLIENT_ID` and `AUTH0_CLIENT_SECRET`. [`build`](ApiClientBuilder::build) reports what is missing or
    /// unusable, with the name of the variable.
    ///
    /// If `AUTH0_DECRYPTION_KEY_FILE` is set, this function reads a private key from the file with this name: PEM, or a
    /// JWK if the tenant writes a `kid` into its encrypted tokens. For several keys, call
    /// [`decryption_keys`](ApiClientBuilder::decryption_keys) instead.
    ///
    /// White space around a value is removed. `AUTH0_AUDIENCE` may hold several audiences, separated by blanks. If
    /// `AUTH0_DOMAIN` begins with `http://` and names a loopback address, such as that of a local tenant, the client
    /// uses plain HTTP, and `build` logs the warning `insecure_loopback`.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the process's environment")]
    pub fn from_env() -> ApiClientBuilder {
        from_variables(|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }
}

/// Reads the variables. A missing mandatory variable counts as a blank value. If only one variable of the pair for the
/// client authentication is set, `build` reports a problem of `client_auth`.
fn from_variables(variable: impl Fn(&'static str) -> Option<String>) -> ApiClientBuilder {
    let mut unusable = Vec::new();
    let mut read = |name| {
        let text = variable(name)?.trim().to_owned();
        unusable.extend(problem(name, &text).map(|error| (name, error)));
        Some(text)
    };
    let (domain, audiences) = (read(DOMAIN).unwrap_or_default(), read(AUDIENCE).unwrap_or_default());
    let (id, secret) = (read(CLIENT_ID), read(CLIENT_SECRET));
    let key = read(DECRYPTION_KEY_FILE).map(|file| decryption_key(&file)).transpose();
    let key = key.map_err(|error| unusable.push((DECRYPTION_KEY_FILE, error))).ok().flatten();
    let is_loopback = domain.starts_with("http://") && Domain::parse(&domain, Loopback::HttpAllowed).is_ok();
    let builder = ApiClientBuilder::new(domain.into(), Box::default()).audiences(audiences.split_whitespace());
    let builder = if is_loopback { builder.insecure_http_loopback() } else { builder };
    let builder = builder.read_from_environment(unusable, is_loopback);
    let builder = if let Some(key) = key { builder.decryption_keys([key]) } else { builder };
    match (id, secret) {
        (None, None) => builder,
        (id, secret) => {
            builder.client_auth(ClientAuth::secret_post(id.unwrap_or_default(), secret.unwrap_or_default()))
        }
    }
}

/// Reads a key from a file.
fn decryption_key(file: &str) -> Result<DecryptionKey, VariableError> {
    // The longest key has 14 KB. With this capacity, the text is never moved, so no copy of it stays in memory.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST_KEY_FILE + 1));
    let opened = File::open(file).map_err(|_| VariableError::File)?;
    let limit = u64::try_from(LONGEST_KEY_FILE + 1).unwrap_or(u64::MAX);
    opened.take(limit).read_to_string(&mut text).map_err(|_| VariableError::File)?;
    if text.len() > LONGEST_KEY_FILE {
        return Err(VariableError::File);
    }
    text.parse().map_err(VariableError::DecryptionKey)
}

fn problem(name: &'static str, text: &str) -> Option<VariableError> {
    if text.starts_with(['"', '\'']) || text.ends_with(['"', '\'']) {
        Some(VariableError::Quoted)
    } else if text.contains(|character: char| character.is_control() || character == char::REPLACEMENT_CHARACTER) {
        Some(VariableError::Unprintable)
    } else if name == AUDIENCE && text.contains(',') {
        Some(VariableError::Comma)
    } else {
        None
    }
}

const LONGEST_KEY_FILE: usize = 64 * 1024;

#[cfg(all(test, feature = "reqwest"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;
    use crate::build_error::ConfigProblem;

    const ALL: [(&str, &str); 4] = [
        (DOMAIN, "tenant.eu.auth0.com"),
        (AUDIENCE, "https://api.example.com"),
        (CLIENT_ID, "client"),
        (CLIENT_SECRET, "hush"),
    ];

    fn from(variables: &[(&str, &str)]) -> ApiClientBuilder {
        from_variables(|name| {
            let (_, value) = variables.iter().find(|(variable, _)| *variable == name)?;
            Some((*value).to_owned())
        })
    }

    fn problems(builder: ApiClientBuilder) -> Vec<&'static str> {
        builder.build().unwrap_err().problems().iter().map(ConfigProblem::option).collect()
    }

    fn message(variables: &[(&str, &str)]) -> String {
        let error = from(variables).build().unwrap_err().to_string();
        error.strip_prefix("the configuration is unusable: ").unwrap().to_owned()
    }

    #[test]
    fn environment_needs_only_a_domain_and_an_audience() {
        assert_eq!(from(&ALL[..2]).build().unwrap().issuers(), ["https://tenant.eu.auth0.com/"]);
        assert!(from(&ALL).build().is_ok());
        assert_eq!(problems(from(&[])), ["domain", "audience"]);
        assert_eq!(problems(from(&ALL[1..])), ["domain"]);
        assert_eq!(problems(from(&[ALL[0], (AUDIENCE, " ")])), ["audience"]);
    }

    #[test]
    fn incomplete_client_credentials_in_the_environment_are_reported() {
        assert_eq!(problems(from(&ALL[..3])), ["client_auth"]);
        assert_eq!(problems(from(&[ALL[0], ALL[1], ALL[3]])), ["client_auth"]);
        assert_eq!(problems(from(&[ALL[2]])), ["domain", "audience", "client_auth"]);
    }

    #[test]
    fn a_decryption_key_is_read_from_a_file() {
        let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/src/testdata/keys/");
        let with = |file: &str| {
            let file = format!("{keys}{file}");
            let builder = from(&[ALL[0], ALL[1], (DECRYPTION_KEY_FILE, &file)]);
            builder.build().map(|_| ()).map_err(|error| error.to_string())
        };
        for file in ["rsa-pkcs8.pem", "rsa-pkcs1.pem"] {
            assert_eq!(with(file), Ok(()), "{file}");
        }
        let prefix = "the configuration is unusable: AUTH0_DECRYPTION_KEY_FILE: ";
        for (file, reason) in [
            ("missing.pem", "the file cannot be read"),
            ("", "the file cannot be read"),
            ("../../hint/mod.rs", "the file holds no usable key: not an unencrypted private key"),
            ("p256.jwk.json", "the file holds no usable key: not an RSA key"),
            ("p256-pkcs8.pem", "the file holds no usable key: not an RSA key"),
        ] {
            let message = with(file).unwrap_err();
            assert!(message.starts_with(&format!("{prefix}{reason}")), "{file}: {message}");
        }
        assert_eq!(problems(from(&[ALL[0], ALL[1], (DECRYPTION_KEY_FILE, "")])), ["decryption_keys"]);
    }

    #[test]
    fn a_long_file_is_not_read_as_a_key() {
        let long = std::env::temp_dir().join(format!("auth0-api-core-{}", std::process::id()));
        std::fs::write(&long, " ".repeat(LONGEST_KEY_FILE + 1)).unwrap();
        let read = decryption_key(long.to_str().unwrap()).map(|_| ());
        std::fs::remove_file(&long).unwrap();
        assert_eq!(read, Err(VariableError::File));
    }

    #[test]
    fn messages_name_the_variable() {
        assert_eq!(message(&[ALL[1]]), "domain: the domain is empty (AUTH0_DOMAIN)");
        assert_eq!(
            message(&[ALL[0]]),
            "audience: the API's identifier is needed, without white space around it (AUTH0_AUDIENCE)"
        );
        assert_eq!(
            message(&ALL[..3]),
            "client_auth: both the client id and its secret are needed, without white space around them \
             (AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET)"
        );
        let quoted = [ALL[0], (AUDIENCE, r#""https://api.example.com""#)];
        assert_eq!(message(&quoted), "AUTH0_AUDIENCE: remove the quotation marks around the value");
        let listed = [ALL[0], (AUDIENCE, "https://a.example.com,https://b.example.com")];
        assert_eq!(message(&listed), "AUTH0_AUDIENCE: separate several values by blanks, not by commas");
        let unprintable = [ALL[0], ALL[1], (CLIENT_ID, "cli\u{0}ent"), ALL[3]];
        assert_eq!(message(&unprintable), "AUTH0_CLIENT_ID: the value has characters that no such value can have");
        assert_eq!(
            message(&[("AUTH0_DOMAIN", "'a'"), ALL[1]]),
            "AUTH0_DOMAIN: remove the quotation marks around the value"
        );
    }

    #[test]
    fn white_space_around_a_value_is_removed() {
        let padded = ALL.map(|(name, value)| (name, format!(" {value}\r\n")));
        let padded: Vec<_> = padded.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(from(&padded).build().unwrap().issuers(), ["https://tenant.eu.auth0.com/"]);
    }

    #[test]
    fn several_audiences_are_separated_by_blanks() {
        let several = [ALL[0], (AUDIENCE, "https://a.example.com  https://b.example.com\n")];
        assert!(
            format!("{:?}", from(&several))
                .contains(r#"audiences: ["https://a.example.com", "https://b.example.com"]"#)
        );
        assert!(from(&several).build().is_ok());
    }

    #[test]
    fn plain_http_is_accepted_for_loopback_domains_only() {
        for domain in ["http://127.0.0.1:4711", "http://localhost:4711", "http://[::1]:4711", "http://127.8.8.8"] {
            assert!(from(&[(DOMAIN, domain), ALL[1]]).build().is_ok(), "{domain}");
        }
        for domain in ["http://tenant.eu.auth0.com", "http://10.0.0.1", "http://localhost.example.com"] {
            assert_eq!(problems(from(&[(DOMAIN, domain), ALL[1]])), ["domain"], "{domain}");
        }
    }

    #[test]
    fn build_error_names_the_option_and_shows_no_secret() {
        let error = from(&[(DOMAIN, ""), ALL[1], ALL[2], ALL[3]]).build().unwrap_err();
        assert_eq!(format!("{error:?}"), "the configuration is unusable: domain: the domain is empty (AUTH0_DOMAIN)");
        assert!(!format!("{:?}", from(&ALL)).contains("hush"));
    }
}
