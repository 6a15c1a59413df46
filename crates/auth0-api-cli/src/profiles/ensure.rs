//! `auth0-api profiles ensure`.

use std::path::PathBuf;

use clap::Args;

use super::access::Tenant;
use super::confirm::Confirmation;
use super::failure::Failure;
use super::file;
use super::list;
use super::plan::Plan;
use super::report::Report;
use super::step::Step;
use crate::printable::printable;

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct Options {
    /// The profiles, in TOML
    file: PathBuf,
    /// Delete and create again profiles whose Action or type differs
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(super) async fn run(
    options: &Options,
    tenant: impl FnOnce() -> Result<Tenant, Failure>,
) -> Result<Report, Failure> {
    let wanted = file::read(&options.file)?;
    let tenant = tenant()?;
    let mut present = list::all(&tenant).await?;
    let steps: Vec<_> = wanted
        .into_iter()
        .map(|wanted| {
            let found = present.iter().position(|profile| profile.subject_token_type() == wanted.subject_token_type);
            Step::between(found.map(|index| present.swap_remove(index)), wanted)
        })
        .collect();
    let replaced: Vec<_> = steps.iter().filter(|_| !options.replace).filter_map(replacement).collect();
    if !replaced.is_empty() {
        let hint = "pass --replace to delete the profile and create it again; exchanges of its type fail in between";
        return Err(Failure::state(replaced, hint));
    }
    Ok(Plan::new(steps).carry_out(&tenant, &options.confirmation).await)
}

fn replacement(step: &Step) -> Option<String> {
    let Step::Replace(present, wanted) = step else { return None };
    Some(format!(
        "{}: the profile {} has the Action {} and the type {}, and not {} and {}, which cannot be changed",
        printable(present.subject_token_type()),
        present.id(),
        printable(present.action_id()),
        printable(present.profile_type().as_str()),
        printable(&wanted.action_id),
        printable(wanted.profile_type.as_str()),
    ))
}

const HELP: &str = "\
EXAMPLE OF A FILE
  [[exchange_profiles]]
  name = \"Legacy sessions\"
  subject_token_type = \"urn:acme:legacy-session\"
  action_id = \"8d2b1c5e-5d5f-4d1a-9a43-0e8c1e0a6b1f\"

The subject token type says which profile a table describes. Profiles that the file does not name stay as they are.

Auth0 cannot change the Action or the type of a profile. With --replace, the program deletes the profile and creates \
it again; exchanges of its type fail in between. If the tenant rejects the new profile, the program creates the old one \
again, which gets another id.

Several pipelines may run this at once.";
