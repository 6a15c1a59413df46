//! What a document says about its client, and the rules that it must keep.
//!
//! The members are those of [RFC 7591 §2](https://www.rfc-editor.org/rfc/rfc7591#section-2). Members that the tenant does not
//! know are ignored.

use auth0_api_core::http::HttpClient;
use serde_json::{Map, Value};

use super::error::DocumentError;
use super::fetch;
use super::url::path_of_fetchable;
use crate::registry::Method;
use crate::{Application, GrantType};

/// Fetches the document at a client id, and the keys that it names.
pub(super) async fn client(http: &dyn HttpClient, id: &str) -> Result<Application, DocumentError> {
    let members = fetch::object(http, id, DOCUMENT, MOST_BYTES).await?;
    let Metadata { name, redirect_uris, grants, authentication } = metadata(id, &members).map_err(invalid)?;
    let method = match authentication {
        Authentication::None => Method::None,
        Authentication::Keys(keys) => Method::PrivateKeyJwt(keys),
        Authentication::KeysAt(url) => {
            let set = fetch::object(http, &url, "The key set of the client", MOST_BYTES_OF_KEYS).await?;
            Method::PrivateKeyJwt(keys(&set).map_err(invalid)?)
        }
    };
    Ok(Application::of_document(id, name, method, &grants, redirect_uris))
}

struct Metadata {
    name: String,
    redirect_uris: Vec<String>,
    grants: Vec<GrantType>,
    authentication: Authentication,
}

enum Authentication {
    None,
    Keys(Vec<Value>),
    KeysAt(String),
}

fn metadata(id: &str, members: &Map<String, Value>) -> Result<Metadata, &'static str> {
    // The draft, section 4: simple string comparison.
    if members.get("client_id").and_then(Value::as_str) != Some(id) {
        return Err("client_id is not the URL of the document");
    }
    // The draft, section 4.1: nobody has agreed on a secret.
    if members.contains_key("client_secret") || members.contains_key("client_secret_expires_at") {
        return Err("it contains a client_secret");
    }
    // MCP requires the name; a person sees it.
    let name = members.get("client_name").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
    Ok(Metadata {
        name: name.ok_or("client_name is missing")?.to_owned(),
        redirect_uris: redirect_uris(members)?,
        grants: grants(members)?,
        authentication: authentication(members)?,
    })
}

fn redirect_uris(members: &Map<String, Value>) -> Result<Vec<String>, &'static str> {
    let uris = texts(members, "redirect_uris").ok_or("redirect_uris is not a list of URLs")?;
    let uris = Some(uris.unwrap_or_default()).filter(|uris| !uris.is_empty()).ok_or("redirect_uris is missing")?;
    if uris.iter().all(|uri| is_redirect_uri(uri)) { Ok(uris) } else { Err("a redirect URI is not allowed") }
}

/// Returns whether the tenant may redirect to a URI: an `https` URL, an `http` URL of this machine, or a URI of a native
/// application's own scheme ([RFC 8252 §7](https://www.rfc-editor.org/rfc/rfc8252#section-7)).
fn is_redirect_uri(uri: &str) -> bool {
    match uri.split_once(':') {
        // RFC 6749 §3.1.2: no fragment.
        Some(("http" | "https", _)) => path_of_fetchable(uri).is_ok(),
        Some((scheme, rest)) => {
            let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
                && scheme.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c));
            let is_text = rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
            is_scheme && is_text && !rest.is_empty() && !UNSAFE_SCHEMES.contains(&scheme)
        }
        None => false,
    }
}

/// Returns the grants that the client wants, as far as the tenant gives them to a client that nobody has registered.
///
/// RFC 7591 §2: without the member, the client uses only the authorization code.
fn grants(members: &Map<String, Value>) -> Result<Vec<GrantType>, &'static str> {
    let wanted = texts(members, "grant_types").ok_or("grant_types is not a list of texts")?;
    let Some(wanted) = wanted else { return Ok(vec![GrantType::AuthorizationCode]) };
    let is_wanted = |grant: &GrantType| wanted.iter().any(|name| name == grant.name());
    let grants: Vec<_> = GRANTS.into_iter().filter(is_wanted).collect();
    if grants.contains(&GrantType::AuthorizationCode) {
        Ok(grants)
    } else {
        Err("grant_types does not contain authorization_code")
    }
}

/// The draft, section 4.1: no method with a shared secret. Without the member the client is public, because the default
/// of RFC 7591 would be such a method.
fn authentication(members: &Map<String, Value>) -> Result<Authentication, &'static str> {
    let method = members.get("token_endpoint_auth_method").map_or(Some("none"), Value::as_str);
    match method {
        Some("none") => return Ok(Authentication::None),
        Some("private_key_jwt") => {}
        _ => return Err("token_endpoint_auth_method must be none or private_key_jwt"),
    }
    match (members.get("jwks"), members.get("jwks_uri")) {
        // RFC 7591 §2: not both.
        (Some(_), Some(_)) => Err("it contains jwks and jwks_uri"),
        (Some(Value::Object(set)), None) => keys(set).map(Authentication::Keys),
        (None, Some(Value::String(url))) if path_of_fetchable(url).is_ok() => Ok(Authentication::KeysAt(url.clone())),
        (None, None) => Err("private_key_jwt needs jwks_uri or jwks"),
        _ => Err("jwks or jwks_uri is invalid"),
    }
}

/// Returns the keys of a set. A set with a private key is rejected: its owner has published it by mistake.
fn keys(set: &Map<String, Value>) -> Result<Vec<Value>, &'static str> {
    let keys = set.get("keys").and_then(Value::as_array).filter(|keys| !keys.is_empty() && keys.len() <= MOST_KEYS);
    let keys = keys.ok_or("the key set of the client must have 1 to 10 keys")?;
    let is_public =
        |key: &Value| key.as_object().is_some_and(|key| PRIVATE.iter().all(|name| !key.contains_key(*name)));
    if keys.iter().all(is_public) {
        Ok(keys.clone())
    } else {
        Err("the key set of the client has a key that is not public")
    }
}

/// Returns a list of texts, or `Some(None)` if the member is missing.
#[expect(clippy::option_option, reason = "missing and invalid differ")]
fn texts(members: &Map<String, Value>, name: &str) -> Option<Option<Vec<String>>> {
    let Some(value) = members.get(name) else { return Some(None) };
    let texts = value.as_array()?.iter().map(|value| value.as_str().map(str::to_owned));
    texts.collect::<Option<Vec<_>>>().map(Some)
}

fn invalid(reason: &'static str) -> DocumentError {
    DocumentError::Invalid(format!("{DOCUMENT} is invalid: {reason}"))
}

const DOCUMENT: &str = "The client id metadata document";

/// The limit that the draft recommends, and Auth0's.
const MOST_BYTES: usize = 5 * 1024;
/// Auth0's limit.
const MOST_BYTES_OF_KEYS: usize = 12 * 1024;
/// Each key costs a signature check.
const MOST_KEYS: usize = 10;

const GRANTS: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];

/// RFC 7518 §6: the members of private and of symmetric keys.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A browser would run these, or read a file.
const UNSAFE_SCHEMES: [&str; 7] = ["about", "blob", "data", "file", "filesystem", "javascript", "vbscript"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "https://client.example.com/oauth.json";

    fn accepted() -> Value {
        json!({ "client_id": ID, "client_name": "Client", "redirect_uris": ["http://127.0.0.1/callback"] })
    }

    fn read(document: &Value) -> Result<Metadata, &'static str> {
        metadata(ID, document.as_object().unwrap_or(&Map::new()))
    }

    #[test]
    fn a_document_with_one_fault_is_rejected() {
        assert!(read(&accepted()).is_ok());
        let methods = "token_endpoint_auth_method must be none or private_key_jwt";
        let (key, jwt) = (json!({ "keys": [{ "kty": "OKP", "d": "x" }] }), "private_key_jwt");
        for (changes, reason) in [
            (json!({ "client_id": "https://client.example.com/other" }), "client_id is not the URL of the document"),
            (
                json!({ "client_id": "https://CLIENT.example.com/oauth.json" }),
                "client_id is not the URL of the document",
            ),
            (json!({ "client_id": null }), "client_id is not the URL of the document"),
            (json!({ "client_secret": "s3cret" }), "it contains a client_secret"),
            (json!({ "client_secret_expires_at": 0 }), "it contains a client_secret"),
            (json!({ "client_name": "  " }), "client_name is missing"),
            (json!({ "client_name": 5 }), "client_name is missing"),
            (json!({ "redirect_uris": [] }), "redirect_uris is missing"),
            (json!({ "redirect_uris": "http://127.0.0.1/" }), "redirect_uris is not a list of URLs"),
            (json!({ "redirect_uris": ["http://127.0.0.1/", 5] }), "redirect_uris is not a list of URLs"),
            (json!({ "redirect_uris": ["javascript:alert(1)"] }), "a redirect URI is not allowed"),
            (json!({ "redirect_uris": ["http://client.example.com/"] }), "a redirect URI is not allowed"),
            (json!({ "redirect_uris": ["https://client.example.com/#a"] }), "a redirect URI is not allowed"),
            (json!({ "redirect_uris": ["com.example.app:/a#b"] }), "a redirect URI is not allowed"),
            (json!({ "redirect_uris": ["/callback"] }), "a redirect URI is not allowed"),
            (json!({ "grant_types": ["refresh_token"] }), "grant_types does not contain authorization_code"),
            (json!({ "grant_types": "authorization_code" }), "grant_types is not a list of texts"),
            (json!({ "token_endpoint_auth_method": "client_secret_basic" }), methods),
            (json!({ "token_endpoint_auth_method": "client_secret_post" }), methods),
            (json!({ "token_endpoint_auth_method": "client_secret_jwt" }), methods),
            (json!({ "token_endpoint_auth_method": null }), methods),
            (json!({ "token_endpoint_auth_method": jwt }), "private_key_jwt needs jwks_uri or jwks"),
            (
                json!({ "token_endpoint_auth_method": jwt, "jwks": key, "jwks_uri": "https://client.example.com/keys" }),
                "it contains jwks and jwks_uri",
            ),
            (
                json!({ "token_endpoint_auth_method": jwt, "jwks": key }),
                "the key set of the client has a key that is not public",
            ),
            (
                json!({ "token_endpoint_auth_method": jwt, "jwks": { "keys": [] } }),
                "the key set of the client must have 1 to 10 keys",
            ),
            (
                json!({ "token_endpoint_auth_method": jwt, "jwks_uri": "http://client.example.com/keys" }),
                "jwks or jwks_uri is invalid",
            ),
        ] {
            let mut document = accepted();
            if let (Some(document), Value::Object(changes)) = (document.as_object_mut(), changes) {
                document.extend(changes);
            }
            assert_eq!(read(&document).err(), Some(reason), "{document}");
        }
    }

    #[test]
    fn grants_are_those_that_the_tenant_gives() {
        for (wanted, expected) in [
            (None, vec![GrantType::AuthorizationCode]),
            (
                Some(json!(["refresh_token", "authorization_code", "client_credentials", "urn:other"])),
                vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
            ),
        ] {
            let mut document = accepted();
            if let (Some(document), Some(wanted)) = (document.as_object_mut(), wanted) {
                document.insert("grant_types".into(), wanted);
            }
            assert_eq!(read(&document).map(|metadata| metadata.grants), Ok(expected));
        }
    }

    #[test]
    fn native_applications_have_schemes_of_their_own() {
        for uri in ["com.example.app:/callback", "cursor://oauth/callback", "https://app.example.com/a?b=c"] {
            assert!(is_redirect_uri(uri), "{uri}");
        }
        for uri in ["JavaScript:alert(1)", "data:text/html,a", "file:///etc/passwd", "app:", "com.example.app:/a b", ""]
        {
            assert!(!is_redirect_uri(uri), "{uri}");
        }
    }
}
