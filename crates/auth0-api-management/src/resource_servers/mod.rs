//! Resource servers, as the Management API calls the APIs of a tenant: `/api/v2/resource-servers`.

mod proof_of_possession;
mod resource_server;

use std::sync::Arc;

use auth0_api_core::http::HttpMethod;

use crate::answer::Members;
use crate::error::ManagementError;
use crate::input::Check;
use crate::patience::Patience;
use crate::sender::{Call, Sender};

pub use proof_of_possession::{Mechanism, ProofOfPossession};
pub use resource_server::{ResourceServer, TokenDialect, TokenEncryption};

/// The calls for the records of APIs, from [`ManagementClient::resource_servers`](crate::ManagementClient::resource_servers).
///
/// The method waits for rate limits, and repeats its request after an outage: see [the crate](crate#what-a-call-does). The
/// application needs the scope `read:resource_servers`.
#[derive(Clone, Debug)]
pub struct ResourceServerClient(Arc<Sender>);

impl ResourceServerClient {
    pub(crate) fn new(sender: Arc<Sender>) -> Self {
        Self(sender)
    }

    /// Returns the record of an API, by its identifier (the audience of its tokens) or by its id.
    ///
    /// ```no_run
    /// use auth0_api_management::{ManagementError, ResourceServerClient};
    ///
    /// # async fn run(resource_servers: ResourceServerClient) -> Result<(), ManagementError> {
    /// let api = resource_servers.get("https://api.example.com").await?;
    /// println!("signed with {:?}", api.signing_algorithm());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ManagementError`]; `NotFound` if the tenant has no such API.
    pub async fn get(&self, identifier: &str) -> Result<ResourceServer, ManagementError> {
        Check::default().identifier(identifier).finish()?;
        let path = format!("resource-servers/{}", segment(identifier));
        let call = Call { method: HttpMethod::Get, path, query: String::new(), body: None, scope: READ };
        let answer = self.0.send(&call, &Patience::new(self.0.longest_wait)).await?;
        Ok(ResourceServer::read(Members::read(&answer.body)?)?)
    }
}

/// Writes a text as one segment of a path ([RFC 3986 §3.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.3)). The form
/// encoding differs only in its blank.
fn segment(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

const READ: &str = "read:resource_servers";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_one_segment_of_the_path() {
        for (identifier, expected) in [
            ("https://api.example.com/v1?a=b#c", "https%3A%2F%2Fapi.example.com%2Fv1%3Fa%3Db%23c"),
            ("my api+1", "my%20api%2B1"),
            ("urn:café", "urn%3Acaf%C3%A9"),
            ("100%25", "100%2525"),
        ] {
            assert_eq!(segment(identifier), expected);
        }
    }
}
