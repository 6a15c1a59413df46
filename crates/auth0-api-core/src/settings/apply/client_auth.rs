//! How the API authenticates at the token endpoint.

use secrecy::SecretString;

use crate::exchange::ClientAuth;
use crate::jose::{PrivateKey, PrivateKeyError};
use crate::known_settings::SettingError;
use crate::settings::reader::{Reader, algorithm, unusable};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Basic,
    Jwt,
    Post,
    Tls,
}

/// Returns the credentials, if any of their settings is written and all are usable.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<ClientAuth> {
    let method = method(reader);
    let (id, secret) = (reader.text(ID), reader.text(SECRET));
    let keys = reader.keys(KEY, parsed_key);
    let algorithm = reader.parsed(KEY_ALGORITHM, algorithm);
    let method = method?;
    let (needed, excluded) = match method {
        Method::Basic | Method::Post => (Some(SECRET), &[KEY, KEY_ALGORITHM][..]),
        Method::Jwt => (Some(KEY), &[SECRET][..]),
        Method::Tls => (None, &[SECRET, KEY, KEY_ALGORITHM][..]),
    };
    let parts = [ID, SECRET, KEY, KEY_ALGORITHM, METHOD];
    let written = parts.into_iter().find(|key| reader.is_written(key))?;
    for key in excluded {
        if reader.is_written(key) {
            // The method is named, or follows from the key.
            let other = if reader.is_written(METHOD) { METHOD } else { KEY };
            let other = reader.name(other);
            reader.reject(key, SettingError::Conflict { other });
        }
    }
    for key in [Some(ID), needed].into_iter().flatten() {
        if !reader.is_written(key) {
            let other = reader.name(written);
            reader.reject(key, SettingError::Needed { other });
        }
    }
    let id = id?;
    let secret = secret.map(|secret| SecretString::from(secret.as_str()));
    match method {
        Method::Basic => Some(ClientAuth::secret_basic(id.as_str(), secret?)),
        Method::Post => Some(ClientAuth::secret_post(id.as_str(), secret?)),
        Method::Tls => Some(ClientAuth::tls(id.as_str())),
        Method::Jwt => {
            let [key] = <[PrivateKey; 1]>::try_from(keys?).map_err(|_| reader.reject(KEY, SettingError::List)).ok()?;
            let key = match algorithm {
                None => Ok(key),
                Some(algorithm) => key.with_algorithm(algorithm),
            };
            let key = key.map_err(|error| reader.reject(KEY_ALGORITHM, unusable(error))).ok()?;
            Some(ClientAuth::private_key_jwt(id.as_str(), key))
        }
    }
}

/// Returns the method; `None` if the setting cannot be used.
fn method(reader: &mut Reader<'_>) -> Option<Method> {
    if reader.is_written(METHOD) {
        return reader.one_of(METHOD, METHODS);
    }
    let has_key = reader.is_written(KEY) || reader.is_written(KEY_ALGORITHM);
    Some(if has_key { Method::Jwt } else { Method::Post })
}

/// Reads a JWK if the text begins with a brace, else PEM.
fn parsed_key(text: &str) -> Result<PrivateKey, PrivateKeyError> {
    if text.starts_with('{') { PrivateKey::from_jwk(text) } else { PrivateKey::from_pem(text) }
}

const ID: &str = "client_id";
const KEY: &str = "client_key";
const KEY_ALGORITHM: &str = "client_key_algorithm";
const METHOD: &str = "client_auth";
const SECRET: &str = "client_secret";

/// The registered names of the methods (RFC 7591 §2, RFC 8705 §2).
const METHODS: &[(&str, Method)] = &[
    ("client_secret_basic", Method::Basic),
    ("client_secret_post", Method::Post),
    ("private_key_jwt", Method::Jwt),
    ("tls_client_auth", Method::Tls),
];
