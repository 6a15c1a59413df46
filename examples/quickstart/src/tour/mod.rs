//! The guided tour, chapter by chapter. Each step sends a request and compares the answer with the promise.

mod bearer;
mod callers;
mod delegation;
mod dpop;
mod guide;
mod legacy;
mod outcome;
mod vault;

use std::error::Error;

use auth0_api_core::{ApiClient, Clock as _, SystemClock};
use auth0_api_testing::LocalTenant;

use self::guide::Guide;

/// The servers that the tour calls.
pub(crate) struct Servers {
    pub(crate) tenant: LocalTenant,
    pub(crate) api: ApiClient,
    /// The URL of the protected API.
    pub(crate) url: String,
    /// The URL of the same API with a policy that demands nonces.
    pub(crate) nonce_url: String,
    /// The URL of the calendar API, which the protected API calls.
    pub(crate) calendar_url: String,
}

/// A request, and what the API promises to answer.
#[derive(Default)]
struct Step {
    /// At most 44 columns.
    title: &'static str,
    url: String,
    authorization: Option<String>,
    proof: Option<String>,
    status: u16,
    /// A part of a header line or of the body; empty if the tour checks only the status.
    part: &'static str,
    /// What the tour shows beside the status, in at most 27 columns.
    reason: &'static str,
}

/// Runs all chapters, and returns whether the API kept every promise.
pub(crate) async fn run(servers: &Servers, verbose: bool) -> Result<bool, Box<dyn Error>> {
    let started = SystemClock.now();
    let mut guide = Guide::new(verbose)?;
    guide.chapter("Bearer: whoever holds the token can use it");
    guide.run_all(bearer::steps(servers)).await?;
    guide.chapter("Callers: users, visitors who have not logged in, and AI agents");
    guide.run_all(callers::steps(servers)).await?;
    guide.chapter("DPoP: the token is bound to a key, and each request proves the key");
    guide.run_all(dpop::steps(servers)).await?;
    guide.chapter("DPoP with nonces: each proof contains a nonce of the API");
    dpop::run_with_nonce(&mut guide, servers).await?;
    guide.chapter("On behalf of: the API calls another API of the tenant for its user");
    guide.run_all(delegation::steps(servers)).await?;
    guide.chapter("Token Vault: the API calls another company's API for its user");
    vault::run(&mut guide, servers).await?;
    guide.chapter("Exchange profiles: a session of an older system becomes a token");
    legacy::run(&mut guide, servers).await?;
    Ok(guide.conclude(SystemClock.now().duration_since(started).unwrap_or_default()))
}
