//! Accounts at other companies. The user has connected one account before the tour, and connects another account during
//! the tour.

use std::error::Error;

use auth0_api_testing::LinkedAccount;

use super::guide::Guide;
use super::{Servers, Step};

pub(super) async fn run(guide: &mut Guide, Servers { tenant, url, .. }: &Servers) -> Result<(), Box<dyn Error>> {
    let token = tenant.mint().sign();
    let step = |title, connection: &str, status, part| Step {
        title,
        url: format!("{url}/api/connected/{connection}"),
        authorization: Some(format!("Bearer {token}")),
        status,
        part,
        reason: part,
        ..Step::default()
    };
    let linked = step("a Google account, which the user has linked", "google-oauth2", 200, "user@google.example");
    let unlinked = step("a Slack account that is not linked", "slack", 403, "account_not_linked");
    guide.run_all(vec![linked, unlinked]).await?;
    tenant.link("auth0|local-user", LinkedAccount::new("slack").name("user@slack.example"));
    guide.run(&step("the Slack account, once it is linked", "slack", 200, "user@slack.example")).await?;
    Ok(())
}
