//! `auth0-api profiles list`.

use auth0_api_management::{ProfileType, TokenExchangeProfile};
use serde_json::json;

use super::access::Tenant;
use super::failure::Failure;
use super::printable::printable;
use super::report::{self, Report};

pub(super) async fn run(tenant: &Tenant) -> Result<Report, Failure> {
    let all = all(tenant).await?;
    let mut report = Report::default();
    report.member("tenant", json!(tenant.domain));
    report.member("profiles", all.iter().map(report::profile_json).collect());
    let count = match all.len() {
        0 => "no token exchange profiles".to_owned(),
        1 => "1 token exchange profile".to_owned(),
        many => format!("{many} token exchange profiles"),
    };
    report.line(format!("{} has {count}.", tenant.domain));
    for profile in &all {
        report.line(text(profile));
    }
    Ok(report)
}

/// Reads all pages.
pub(super) async fn all(tenant: &Tenant) -> Result<Vec<TokenExchangeProfile>, Failure> {
    let (mut stream, mut all) = (tenant.profiles.stream(), Vec::new());
    while let Some(profile) = stream.try_next().await? {
        all.push(profile);
    }
    Ok(all)
}

fn text(profile: &TokenExchangeProfile) -> String {
    let mut text = format!(
        "\n{}\n  name                {}\n  subject token type  {}\n  Action              {}",
        printable(profile.id()),
        printable(profile.name()),
        printable(profile.subject_token_type()),
        printable(profile.action_id()),
    );
    if *profile.profile_type() != ProfileType::CustomAuthentication {
        text.push_str("\n  type                ");
        text.push_str(&printable(profile.profile_type().as_str()));
    }
    text
}
