//! The guided tour, chapter by chapter: each step sends a request and says what was promised.

mod bearer;
mod delegation;
mod dpop;
mod guide;
mod legacy;
mod vault;

use std::error::Error;

use auth0_api_core::ApiClient;
use auth0_api_testing::LocalTenant;

use self::guide::Guide;

/// What the tour walks through.
pub(crate) struct Places {
    pub(crate) tenant: LocalTenant,
    pub(crate) api: ApiClient,
    /// The protected API.
    pub(crate) url: String,
    /// The same with a policy that demands nonces.
    pub(crate) nonce_url: String,
    /// The API that the protected one calls.
    pub(crate) calendar_url: String,
}

/// A request and its promise.
#[derive(Default)]
struct Step {
    title: &'static str,
    url: String,
    authorization: Option<String>,
    proof: Option<String>,
    promised_status: u16,
    /// A part of some `WWW-Authenticate` line; empty if nothing is promised about them.
    promised_challenge: &'static str,
    /// A part of the body; empty if nothing is promised about it.
    promised_body: &'static str,
}

/// Walks through all chapters and gives the number of steps that did not come out as promised.
pub(crate) async fn walk(places: &Places) -> Result<usize, Box<dyn Error>> {
    let guide = Guide::new()?;
    println!("── Bearer: whoever holds the token may use it ──\n");
    let mut broken = guide.take(bearer::steps(places)).await?;
    println!("── DPoP: the token is bound to a key, and each request proves it ──\n");
    broken += guide.take(dpop::steps(places)).await?;
    println!("── DPoP with nonces: a proof cannot be made in advance ──\n");
    broken += dpop::nonce_dance(&guide, places).await?;
    println!("── On behalf of: the API calls another one for its user ──\n");
    broken += guide.take(delegation::steps(places)).await?;
    println!("── Token Vault: the API calls another company's for its user ──\n");
    broken += vault::visit(&guide, places).await?;
    println!("── Exchange profiles: a token of the time before Auth0 ──\n");
    broken += legacy::exchange(&guide, places).await?;
    Ok(broken)
}
