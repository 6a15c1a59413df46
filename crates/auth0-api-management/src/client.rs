//! The client of the Management API.

use std::sync::Arc;

use crate::resource_servers::ResourceServerClient;
use crate::sender::Sender;
use crate::token_exchange_profiles::ProfileClient;

/// Calls the Management API of one tenant.
///
/// Build one client and clone it freely: clones share the management token.
///
/// ```no_run
/// use auth0_api_core::ClientAuth;
/// use auth0_api_management::ManagementClient;
///
/// # fn run(secret: String) -> Result<(), auth0_api_core::BuildError> {
/// let management = ManagementClient::builder(
///     "tenant.eu.auth0.com",
///     ClientAuth::secret_post("client-id", secret),
/// )
/// .build()?;
/// let profiles = management.token_exchange_profiles();
/// # drop(profiles);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ManagementClient(Arc<Sender>);

impl ManagementClient {
    /// Returns the calls for token exchange profiles.
    pub fn token_exchange_profiles(&self) -> ProfileClient {
        ProfileClient::new(Arc::clone(&self.0))
    }

    /// Returns the calls for the records of the tenant's APIs.
    pub fn resource_servers(&self) -> ResourceServerClient {
        ResourceServerClient::new(Arc::clone(&self.0))
    }

    /// The URL of the tenant, with a slash at the end. The Management API is below it.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub(crate) fn new(sender: Sender) -> Self {
        Self(Arc::new(sender))
    }
}
