//! `auth0-api profiles create`.

use auth0_api_management::ProfileType;
use clap::Args;

use super::access::Tenant;
use super::confirm::Confirmation;
use super::failure::Failure;
use super::plan::Plan;
use super::report::Report;
use super::step::Step;
use super::wanted::Wanted;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The name, for people: 3 to 50 characters
    #[arg(long)]
    name: String,
    /// The type of the subject tokens: a URI of 8 to 100 characters
    #[arg(long, value_name = "URI")]
    subject_token_type: String,
    /// The id of a deployed Action with the trigger custom-token-exchange
    #[arg(long, value_name = "ID")]
    action_id: String,
    #[command(flatten)]
    confirmation: Confirmation,
}

pub(super) async fn run(
    options: &Options,
    tenant: impl FnOnce() -> Result<Tenant, Failure>,
) -> Result<Report, Failure> {
    let wanted = Wanted {
        name: options.name.clone(),
        subject_token_type: options.subject_token_type.clone(),
        action_id: options.action_id.clone(),
        profile_type: ProfileType::default(),
    };
    wanted.check().map_err(|error| Failure::settings(error.problems().iter().map(ToString::to_string).collect()))?;
    let tenant = tenant()?;
    if let Some(present) = tenant.profiles.find(&wanted.subject_token_type).await? {
        let problem = format!("the profile {} has this subject token type already", present.id());
        return Err(Failure::state(vec![problem], "use `auth0-api profiles ensure` to change it"));
    }
    Ok(Plan::new(vec![Step::Create(wanted)]).carry_out(&tenant, &options.confirmation).await)
}
