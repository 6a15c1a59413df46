//! The grant types of the token endpoint.

/// A grant type of the token endpoint. An [`Application`](crate::Application) may use only the grant types that it is
/// registered for.
///
/// ```
/// use auth0_api_testing::GrantType;
///
/// assert_eq!(GrantType::ClientCredentials.name(), "client_credentials");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GrantType {
    /// A code from `/authorize` ([RFC 6749 §4.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1)).
    AuthorizationCode,
    /// The approval of a user on another device (CIBA Core §10).
    Ciba,
    /// A token for the client itself ([RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    ClientCredentials,
    /// A refresh token ([RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    RefreshToken,
    /// Exchange profiles and on-behalf-of ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)).
    TokenExchange,
    /// Auth0's Token Vault: a third party's access token for a user who has linked an account there.
    TokenVault,
}

impl GrantType {
    /// Every grant type.
    pub const ALL: [Self; 6] = [
        Self::AuthorizationCode,
        Self::Ciba,
        Self::ClientCredentials,
        Self::RefreshToken,
        Self::TokenExchange,
        Self::TokenVault,
    ];

    /// Returns the value of the parameter `grant_type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::Ciba => "urn:openid:params:grant-type:ciba",
            Self::ClientCredentials => "client_credentials",
            Self::RefreshToken => "refresh_token",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::TokenVault => "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.name() == name)
    }
}
