//! The text that the program prints once the tenant runs. What a developer copies comes last, because it stays visible: with the
//! default settings, the table and the variables fit into a terminal of 24 lines.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::exports::Exports;
use super::plan::Plan;
use super::{examples, recipes, wrap};
use crate::LocalTenant;

pub(super) fn text(plan: &Plan, tenant: &LocalTenant, exports: &Exports<'_>) -> String {
    let mut out = format!(
        "A local Auth0 tenant. {WARNING}For development only: it issues tokens to anyone who asks.{WARNING:#}\n\n"
    );
    if plan.options.recipes {
        out.push_str(&recipes::text(plan, tenant));
    }
    for (label, value) in table(plan, tenant) {
        let lines = wrap::paragraph(&" ".repeat(2 + LABEL), &value);
        _ = writeln!(out, "  {LABELS}{label:<LABEL$}{LABELS:#}{}", lines.trim_start());
    }
    let recipes = if plan.options.recipes { "" } else { " (--recipes adds curl commands)" };
    _ = writeln!(out, "\nStart your API with these variables{recipes}:");
    for command in exports.commands() {
        _ = writeln!(out, "  {COMMAND}{command}{COMMAND:#}");
    }
    _ = writeln!(out, "\nAll that it serves: {}/ · Stop with ctrl-c.", tenant.local_url());
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
    let mut rows = vec![("domain", tenant.domain().to_owned()), ("audience", tenant.audience().to_owned())];
    rows.extend(plan.options.default_audience.clone().map(|audience| ("default audience", audience)));
    rows.extend([
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
    ]);
    rows
}

const WARNING: Style = AnsiColor::Yellow.on_default();
const LABELS: Style = Style::new().dimmed();
const COMMAND: Style = AnsiColor::Green.on_default();
/// The columns of the labels of the table.
const LABEL: usize = 19;
