//! Accounts at other companies: one that the user has connected, and one that is connected on the way.

use std::error::Error;

use auth0_api_testing::LinkedAccount;

use super::guide::Guide;
use super::{Places, Step};

pub(super) async fn visit(guide: &Guide, Places { tenant, url, .. }: &Places) -> Result<usize, Box<dyn Error>> {
    let token = tenant.mint().sign();
    let step = |title, connection: &str, status, body| Step {
        title,
        url: format!("{url}/api/connected/{connection}"),
        authorization: Some(format!("Bearer {token}")),
        promised_status: status,
        promised_body: body,
        ..Step::default()
    };
    let linked = step("a Google account that the user has connected", "google-oauth2", 200, "user@google.example");
    let unlinked = step("a Slack account that the user has not connected", "slack", 403, "account_not_linked");
    let broken = guide.take(vec![linked, unlinked]).await?;
    tenant.link("auth0|local-user", LinkedAccount::new("slack").name("user@slack.example"));
    let connected = step("the same, after the user has connected it", "slack", 200, "user@slack.example");
    Ok(broken + guide.take(vec![connected]).await?)
}
