//! `auth0-api profiles delete`.

use clap::Args;

use super::access::Tenant;
use super::confirm::Confirmation;
use super::failure::Failure;
use super::list;
use super::plan::Plan;
use super::report::Report;
use super::step::Step;
use crate::printable::printable;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The ids of the profiles, such as `tep_1`, or their subject token types
    #[arg(required = true, value_name = "PROFILE")]
    profiles: Vec<String>,
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(super) async fn run(options: &Options, tenant: &Tenant) -> Result<Report, Failure> {
    let mut present = list::all(tenant).await?;
    let (mut steps, mut unknown) = (Vec::new(), Vec::new());
    let mut named = options.profiles.clone();
    named.sort_unstable();
    named.dedup();
    for name in named {
        match present.iter().position(|profile| profile.id() == name || profile.subject_token_type() == name) {
            Some(index) => steps.push(Step::Delete(present.swap_remove(index))),
            None => unknown.push(format!("there is no profile {} in {}", printable(&name), tenant.domain)),
        }
    }
    if !unknown.is_empty() {
        return Err(Failure::state(unknown, "look at the ids with `auth0-api profiles list`; nothing was changed"));
    }
    Ok(Plan::new(steps).carry_out(tenant, &options.confirmation).await)
}
