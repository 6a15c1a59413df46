//! The clients of the tenant, by Auth0's name for them.

use super::credential::Method;
use super::{Credential, GrantType};

/// A client registered with the tenant; given to [`LocalTenantBuilder::application`](crate::LocalTenantBuilder::application).
///
/// ```
/// use auth0_api_testing::{Application, GrantType};
///
/// let api = Application::custom_api("orders-api", "secret", "https://orders.example.com");
/// let site = Application::regular_web("shop", "secret").callbacks(["http://localhost:3000/callback"]);
/// let page = Application::single_page("shop-page");
/// let job = Application::machine("nightly", "secret").grants([GrantType::ClientCredentials]);
/// assert_eq!(job.id(), "nightly");
/// # drop((api, site, page));
/// ```
#[derive(Clone, Debug)]
#[must_use = "an application is one once the builder has it"]
pub struct Application {
    id: String,
    credential: Credential,
    grants: Vec<GrantType>,
    /// Of a Custom API client: the API that it is.
    identifier: Option<String>,
    callbacks: Option<Vec<String>>,
}

impl Application {
    /// A *Custom API client* (`app_type: resource_server`): an API that exchanges the tokens it receives. `identifier` is the
    /// audience of those tokens. It alone may act on behalf of a user.
    pub fn custom_api(id: impl Into<String>, credential: impl Into<Credential>, identifier: impl Into<String>) -> Self {
        let grants = [GrantType::ClientCredentials, GrantType::TokenExchange, GrantType::TokenVault];
        Self { identifier: Some(identifier.into()), ..Self::new(id, credential.into(), &grants) }
    }

    /// A program without users: client credentials, and exchange profiles.
    pub fn machine(id: impl Into<String>, credential: impl Into<Credential>) -> Self {
        Self::new(id, credential.into(), &[GrantType::ClientCredentials, GrantType::TokenExchange])
    }

    /// A site whose server holds a credential: every grant but client credentials.
    pub fn regular_web(id: impl Into<String>, credential: impl Into<Credential>) -> Self {
        let grants =
            [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::TokenExchange, GrantType::TokenVault];
        Self::new(id, credential.into(), &grants)
    }

    /// A page or a native program: no credential, so that PKCE is demanded; authorization code and refresh token.
    pub fn single_page(id: impl Into<String>) -> Self {
        let grants = [GrantType::AuthorizationCode, GrantType::RefreshToken];
        Self::new(id, Credential(Method::None), &grants)
    }

    /// Sets what it may ask the token endpoint with.
    pub fn grants(mut self, grants: impl IntoIterator<Item = GrantType>) -> Self {
        self.grants = grants.into_iter().collect();
        self
    }

    /// Where `/authorize` may send a browser back to, compared as text; any `http` URL of this machine by default.
    pub fn callbacks(mut self, urls: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.callbacks = Some(urls.into_iter().map(Into::into).collect());
        self
    }

    /// The client id.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn method(&self) -> &Method {
        &self.credential.0
    }

    pub(crate) fn is_public(&self) -> bool {
        matches!(self.method(), Method::None)
    }

    pub(crate) fn may_use(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }

    /// The API that it is, of a Custom API client.
    pub(crate) fn identifier(&self) -> Option<&str> {
        self.identifier.as_deref()
    }

    /// RFC 6749 §3.1.2.3: exact, once some are registered.
    pub(crate) fn may_return_to(&self, url: &str) -> bool {
        match &self.callbacks {
            Some(callbacks) => callbacks.iter().any(|callback| callback == url),
            None => LOOPBACK.iter().any(|origin| is_below(url, origin)),
        }
    }

    fn new(id: impl Into<String>, credential: Credential, grants: &[GrantType]) -> Self {
        Self { id: id.into(), credential, grants: grants.to_vec(), identifier: None, callbacks: None }
    }
}

/// Whether a URL begins with an origin that ends there.
fn is_below(url: &str, origin: &str) -> bool {
    url.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
}

/// What programs under development listen on.
const LOOPBACK: [&str; 3] = ["http://127.0.0.1", "http://localhost", "http://[::1]"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_callbacks_only_this_machine_is_returned_to() {
        let page = Application::single_page("page");
        for (url, taken) in [
            ("http://127.0.0.1:5173/callback", true),
            ("http://localhost/", true),
            ("http://localhost", true),
            ("http://[::1]:80/", true),
            ("http://localhost.example.com/", false),
            ("http://localhost@example.com/", false),
            ("https://example.com/", false),
            ("", false),
        ] {
            assert_eq!(page.may_return_to(url), taken, "{url}");
        }
    }

    #[test]
    fn registered_callbacks_are_exact() {
        let page = Application::single_page("page").callbacks(["https://shop.example.com/back"]);
        assert!(page.may_return_to("https://shop.example.com/back"));
        assert!(!page.may_return_to("https://shop.example.com/back/"));
        assert!(!page.may_return_to("http://localhost/"));
    }
}
