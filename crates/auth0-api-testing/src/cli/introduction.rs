//! The text that the program prints once the tenant runs. What a developer copies comes last, because it stays visible.

use std::fmt::Write as _;

use super::exports::Exports;
use super::plan::Plan;
use super::{examples, recipes, wrap};
use crate::LocalTenant;

pub(super) fn text(plan: &Plan, tenant: &LocalTenant, exports: &Exports<'_>) -> String {
    let mut out = String::from("A local Auth0 tenant. For development only: it issues tokens to anyone who asks.\n\n");
    if plan.options.recipes {
        out.push_str(&recipes::text(plan, tenant));
    }
    for (label, value) in table(plan, tenant) {
        out.push_str(&wrap::paragraph("  ", &value).replacen("  ", &format!("  {label:<19}"), 1));
        out.push('\n');
    }
    out.push_str("\nStart your API with:\n\n");
    for command in exports.commands() {
        _ = writeln!(out, "  {command}");
    }
    let recipes = if plan.options.recipes { "" } else { " (curl commands: --recipes)" };
    _ = write!(out, "\nAll that it serves: {}/{recipes}\nStop with ctrl-c.\n", tenant.local_url());
    out
}

fn table(plan: &Plan, tenant: &LocalTenant) -> Vec<(&'static str, String)> {
    let list = |items: Vec<&str>| items.join(", ");
    let named = plan.organizations.iter().map(|(id, name)| format!("{name} ({id})")).collect::<Vec<_>>();
    let profiles = plan.profiles.iter().map(|profile| match &profile.prefix {
        Some(prefix) => format!("{} ({prefix}USER)", profile.subject_token_type),
        None => profile.subject_token_type.clone(),
    });
    let sign_in = if plan.options.sign_in { "on a page" } else { "at once, without a page (see --sign-in)" };
    vec![
        ("domain", tenant.domain().to_owned()),
        ("audience", tenant.audience().to_owned()),
        ("default audience", plan.options.default_audience.clone().unwrap_or_else(|| plan.audience.clone())),
        ("client id", tenant.client_id().to_owned()),
        ("client secret", tenant.client_secret().to_owned()),
        ("API client id", tenant.api_client_id().to_owned()),
        ("API client secret", tenant.api_client_secret().to_owned()),
        ("browser client id", format!("{} (PKCE, any callback on this machine)", examples::PAGE)),
        ("sign-in", sign_in.to_owned()),
        ("CIBA approvals", format!("{}/u/approvals", tenant.domain())),
        ("users", list(plan.users.iter().map(crate::User::id).collect())),
        ("organizations", named.join(", ")),
        ("connections", list(plan.connections.iter().map(crate::Connection::name).collect())),
        ("exchange profiles", profiles.collect::<Vec<_>>().join(", ")),
    ]
}
