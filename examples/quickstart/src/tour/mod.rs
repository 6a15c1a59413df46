//! The guided tour, chapter by chapter. Each step sends a request and compares the answer with the expected one.

mod bearer;
mod callers;
mod delegation;
mod dpop;
mod guide;
mod legacy;
mod vault;

use std::error::Error;

use auth0_api_core::ApiClient;
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

/// A request and the expected answer.
#[derive(Default)]
struct Step {
    title: &'static str,
    url: String,
    authorization: Option<String>,
    proof: Option<String>,
    expected_status: u16,
    /// A part of one of the `WWW-Authenticate` lines; empty if the tour does not check these lines.
    expected_challenge: &'static str,
    /// A part of the body; empty if the tour does not check the body.
    expected_body: &'static str,
}

/// Runs all chapters and returns the number of steps that did not go as expected.
pub(crate) async fn run(servers: &Servers) -> Result<usize, Box<dyn Error>> {
    let guide = Guide::new()?;
    println!("── Bearer: every client that has the token can use it ──\n");
    let mut failed = guide.run_all(bearer::steps(servers)).await?;
    println!("── Callers: users, visitors who have not logged in, and AI agents ──\n");
    failed += guide.run_all(callers::steps(servers)).await?;
    println!("── DPoP: the token is bound to a key, and each request needs a proof signed with that key ──\n");
    failed += guide.run_all(dpop::steps(servers)).await?;
    println!("── DPoP with nonces: each proof must contain a nonce that the API has issued ──\n");
    failed += dpop::steps_with_nonce(&guide, servers).await?;
    println!("── On-behalf-of exchange: the API calls another API of the tenant for its user ──\n");
    failed += guide.run_all(delegation::steps(servers)).await?;
    println!("── Token Vault: the API calls another company's API for its user ──\n");
    failed += vault::run(&guide, servers).await?;
    println!("── Exchange profiles: a session of an older system is exchanged for a token ──\n");
    failed += legacy::run(&guide, servers).await?;
    Ok(failed)
}
