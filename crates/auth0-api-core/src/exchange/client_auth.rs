//! How this API authenticates as a client ([RFC 6749 §2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3)).

use std::fmt;
use std::ops::Deref;
use std::time::SystemTime;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};

use super::assertion;
use crate::jose::{PrivateKey, PrivateKeyError};

/// The API's own client credentials, for the token endpoint.
///
/// See [how this API authenticates](crate::guide::token_requests#how-this-api-authenticates).
///
/// Token verification does not need them. If they are set, the client id helps to recognise an ID token that a client
/// sent by mistake instead of an access token.
///
/// ```
/// use auth0_api_core::ClientAuth;
///
/// let auth = ClientAuth::secret_post("client-id", "client-secret");
/// assert_eq!(
///     format!("{auth:?}"),
///     r#"ClientAuth { client_id: "client-id", method: "client_secret_post", .. }"#
/// );
/// ```
#[doc(alias = "client_secret", alias = "private_key_jwt")]
#[derive(Clone)]
pub struct ClientAuth {
    client_id: Box<str>,
    method: Method,
}

#[derive(Clone)]
enum Method {
    PrivateKeyJwt(PrivateKey),
    SecretBasic(SecretString),
    SecretPost(SecretString),
    Tls,
}

/// Credentials without blank parts. Only [`ClientAuth::check`] creates this type.
#[derive(Debug)]
pub(crate) struct CheckedClientAuth(ClientAuth);

/// The parts of a token request that authenticate its client.
#[derive(Default)]
pub(super) struct Authentication {
    /// Fields that are added at the end of the form.
    pub(super) fields: Vec<(&'static str, Zeroizing<String>)>,
    /// The value of the `Authorization` header.
    pub(super) header: Option<Zeroizing<String>>,
}

impl ClientAuth {
    /// Authenticates with a client secret in the form of the token request: `client_secret_post`. This is the default
    /// of Auth0 and of auth0-api-js.
    pub fn secret_post(client_id: impl Into<Box<str>>, secret: impl Into<SecretString>) -> Self {
        Self { client_id: client_id.into(), method: Method::SecretPost(secret.into()) }
    }

    /// Authenticates with a client secret, sent as HTTP Basic credentials: `client_secret_basic`
    /// ([RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).
    pub fn secret_basic(client_id: impl Into<Box<str>>, secret: impl Into<SecretString>) -> Self {
        Self { client_id: client_id.into(), method: Method::SecretBasic(secret.into()) }
    }

    /// Authenticates with a signed assertion: `private_key_jwt`
    /// ([RFC 7523 §2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)). The private key signs a new assertion for
    /// each token request. The tenant has the public key, so no secret is sent. An assertion is valid for 60 s
    /// and for one use.
    ///
    /// ```no_run
    /// use auth0_api_core::{Algorithm, ClientAuth};
    /// use auth0_api_core::jose::PrivateKey;
    ///
    /// # fn auth() -> Result<ClientAuth, Box<dyn std::error::Error>> {
    /// let key = PrivateKey::from_pem(&std::fs::read_to_string("client-key.pem")?)?;
    /// Ok(ClientAuth::private_key_jwt("client-id", key.with_algorithm(Algorithm::PS256)?))
    /// # }
    /// ```
    pub fn private_key_jwt(client_id: impl Into<Box<str>>, key: PrivateKey) -> Self {
        Self { client_id: client_id.into(), method: Method::PrivateKeyJwt(key) }
    }

    /// Authenticates with the client certificate of the TLS connection
    /// ([RFC 8705 §2](https://www.rfc-editor.org/rfc/rfc8705#section-2)). The application must set an
    /// [`http_client`](crate::ApiClientBuilder::http_client) that presents the certificate.
    pub fn tls(client_id: impl Into<Box<str>>) -> Self {
        Self { client_id: client_id.into(), method: Method::Tls }
    }

    /// The client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Returns `None` if the client id or the secret is blank, or has white space around it, as from a file that ends
    /// with a line feed.
    pub(crate) fn check(self) -> Option<CheckedClientAuth> {
        let is_clean = |text: &str| !text.is_empty() && text.trim() == text;
        let secret_is_clean = match &self.method {
            Method::SecretBasic(secret) | Method::SecretPost(secret) => is_clean(secret.expose_secret()),
            Method::PrivateKeyJwt(_) | Method::Tls => true,
        };
        (is_clean(&self.client_id) && secret_is_clean).then_some(CheckedClientAuth(self))
    }

    /// Whether the client authenticates with the certificate of the TLS connection.
    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.method, Method::Tls)
    }

    /// The method's registered name ([RFC 7591 §2](https://www.rfc-editor.org/rfc/rfc7591#section-2),
    /// [RFC 8705 §2](https://www.rfc-editor.org/rfc/rfc8705#section-2)).
    pub(super) fn method(&self) -> &'static str {
        match self.method {
            Method::PrivateKeyJwt(_) => "private_key_jwt",
            Method::SecretBasic(_) => "client_secret_basic",
            Method::SecretPost(_) => "client_secret_post",
            Method::Tls => "tls_client_auth",
        }
    }
}

impl CheckedClientAuth {
    /// Returns the authentication of the next token request. Each call signs a new assertion.
    pub(super) fn authenticate(&self, issuer: &str, now: SystemTime) -> Result<Authentication, PrivateKeyError> {
        let id = ("client_id", Zeroizing::new(self.client_id.to_string()));
        let fields = match &self.method {
            Method::PrivateKeyJwt(key) => {
                let assertion = assertion::sign(key, &self.client_id, issuer, now)?;
                let kind = Zeroizing::new(assertion::TYPE.to_owned());
                vec![id, ("client_assertion_type", kind), ("client_assertion", assertion)]
            }
            Method::SecretBasic(secret) => {
                let header = Some(basic(&self.client_id, secret.expose_secret()));
                return Ok(Authentication { fields: Vec::new(), header });
            }
            Method::SecretPost(secret) => vec![id, ("client_secret", secret.expose_secret().to_owned().into())],
            Method::Tls => vec![id],
        };
        Ok(Authentication { fields, header: None })
    }
}

impl Deref for CheckedClientAuth {
    type Target = ClientAuth;

    fn deref(&self) -> &ClientAuth {
        &self.0
    }
}

impl fmt::Debug for ClientAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAuth")
            .field("client_id", &self.client_id)
            .field("method", &self.method())
            .finish_non_exhaustive()
    }
}

/// RFC 6749 §2.3.1: both parts are form-encoded first, so a colon in the client id is not taken for the separator.
fn basic(client_id: &str, secret: &str) -> Zeroizing<String> {
    let encode = |text: &str| Zeroizing::new(form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>());
    let credentials = Zeroizing::new(format!("{}:{}", *encode(client_id), *encode(secret)));
    let encoded = Zeroizing::new(base64_simd::STANDARD.encode_to_string(credentials.as_bytes()));
    Zeroizing::new(format!("Basic {}", *encoded))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn basic_credentials_are_form_encoded_first() {
        // RFC 6749 §2.3.1; Appendix B defines form encoding.
        assert_eq!(
            *basic("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"),
            "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"
        );
        // a%3Ab:c+d%2B
        assert_eq!(*basic("a:b", "c d+"), "Basic YSUzQWI6YytkJTJC");
    }

    #[test]
    fn each_method_sends_the_parameters_of_its_specification() {
        let names = |auth: ClientAuth| {
            let authentication = auth.check().unwrap().authenticate("https://tenant.example/", UNIX_EPOCH).unwrap();
            let names: Vec<_> = authentication.fields.iter().map(|(name, _)| *name).collect();
            (names, authentication.header.is_some())
        };
        let key = PrivateKey::generate().unwrap();
        assert_eq!(names(ClientAuth::secret_post("id", "secret")), (vec!["client_id", "client_secret"], false));
        assert_eq!(names(ClientAuth::secret_basic("id", "secret")), (vec![], true));
        assert_eq!(names(ClientAuth::tls("id")), (vec!["client_id"], false));
        let assertion = vec!["client_id", "client_assertion_type", "client_assertion"];
        assert_eq!(names(ClientAuth::private_key_jwt("id", key)), (assertion, false));
    }

    #[test]
    fn a_blank_client_id_or_secret_is_incomplete() {
        assert!(ClientAuth::tls("id").check().is_some());
        assert!(ClientAuth::tls(" ").check().is_none());
        assert!(ClientAuth::secret_basic("id", " ").check().is_none());
        assert!(ClientAuth::secret_post("", "secret").check().is_none());
    }
}
