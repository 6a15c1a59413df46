//! `auth0-api profiles list`.

use auth0_api_management::{ProfileType, TokenExchangeProfile};
use serde_json::json;

use super::access::Tenant;
use super::failure::Failure;
use super::line::Line;
use super::report::{self, Report};
use crate::printable::count;

pub(super) async fn run(tenant: &Tenant) -> Result<Report, Failure> {
    let all = all(tenant).await?;
    let mut report = Report::default();
    report.member("tenant", json!(tenant.domain));
    report.member("profiles", all.iter().map(report::profile_json).collect());
    let count = count(all.len(), "token exchange profile");
    report.line(Line::new("", format!("{} has {count}.", tenant.domain)));
    report.lines(all.iter().flat_map(lines));
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

fn lines(profile: &TokenExchangeProfile) -> Vec<Line> {
    let mut lines = vec![
        Line::new("", ""),
        Line::new("", profile.id()),
        Line::new("  name                ", profile.name()),
        Line::new("  subject token type  ", profile.subject_token_type()),
        Line::new("  Action              ", profile.action_id()),
    ];
    if *profile.profile_type() != ProfileType::CustomAuthentication {
        lines.push(Line::new("  type                ", profile.profile_type().as_str()));
    }
    lines
}
