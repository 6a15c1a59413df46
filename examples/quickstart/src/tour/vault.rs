//! Accounts at other companies. The user has connected one account before the tour, and connects another account during
//! the tour.

use std::error::Error;

use auth0_api_testing::LinkedAccount;

use super::guide::Guide;
use super::{Servers, Step};

pub(super) async fn run(guide: &Guide, Servers { tenant, url, .. }: &Servers) -> Result<usize, Box<dyn Error>> {
    let token = tenant.mint().sign();
    let step = |title, connection: &str, status, body| Step {
        title,
        url: format!("{url}/api/connected/{connection}"),
        authorization: Some(format!("Bearer {token}")),
        expected_status: status,
        expected_body: body,
        ..Step::default()
    };
    let linked = step("a Google account that the user has connected", "google-oauth2", 200, "user@google.example");
    let unlinked = step("a Slack account that the user has not connected", "slack", 403, "account_not_linked");
    let failed = guide.run_all(vec![linked, unlinked]).await?;
    tenant.link("auth0|local-user", LinkedAccount::new("slack").name("user@slack.example"));
    let connected = step("the Slack account, after the user has connected it", "slack", 200, "user@slack.example");
    Ok(failed + guide.run_all(vec![connected]).await?)
}
