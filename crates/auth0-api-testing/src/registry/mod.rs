//! What is registered with the tenant: APIs, applications, users, organisations, connections, exchange profiles.

mod account;
mod api;
mod application;
mod credential;
mod exchange_profile;
mod grant_type;
mod profile_claims;
mod refresh_token_policy;
mod user;

use std::sync::Arc;

use crate::SignIn;
pub use account::LinkedAccount;
pub use api::Api;
pub use application::Application;
pub(crate) use application::is_loopback;
pub use credential::Credential;
pub(crate) use credential::Method;
pub(crate) use exchange_profile::{ExchangeProfile, RejectionKind};
pub use exchange_profile::{ExchangeRejection, ExchangeRequest, Exchanged};
pub use grant_type::GrantType;
pub(crate) use profile_claims::claims as profile_claims;
pub use refresh_token_policy::RefreshTokenPolicy;
pub use user::User;

#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub(crate) apis: Vec<Api>,
    pub(crate) applications: Vec<Arc<Application>>,
    pub(crate) connections: Vec<String>,
    pub(crate) organizations: Vec<Organization>,
    pub(crate) profiles: Vec<ExchangeProfile>,
    pub(crate) users: Vec<User>,
    pub(crate) client_registration: bool,
    /// The API that a user's token is for if the client names none.
    pub(crate) default_audience: Option<String>,
    pub(crate) sign_in: SignIn,
}

/// An organisation. Requests and tokens name it by its id or by its name.
#[derive(Clone, Debug)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Registry {
    pub(crate) fn api(&self, identifier: &str) -> Option<&Api> {
        self.apis.iter().find(|api| api.identifier() == identifier)
    }

    pub(crate) fn application(&self, id: &str) -> Option<&Arc<Application>> {
        self.applications.iter().find(|application| application.id() == id)
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id() == id)
    }

    /// Returns the organisation with this id or this name. The comparison of names ignores upper and lower case.
    pub(crate) fn organization(&self, id_or_name: &str) -> Option<&Organization> {
        let is = |known: &&Organization| known.id == id_or_name || known.name.eq_ignore_ascii_case(id_or_name);
        self.organizations.iter().find(is)
    }

    pub(crate) fn profile(&self, subject_token_type: &str) -> Option<&ExchangeProfile> {
        self.profiles.iter().find(|profile| profile.subject_token_type == subject_token_type)
    }

    /// Returns whether a user is a member of an organisation. A user who is not registered counts as a member of every
    /// organisation.
    pub(crate) fn is_member(&self, user_id: &str, organization: &Organization) -> bool {
        self.user(user_id).is_none_or(|user| user.is_member_of(&organization.id))
    }

    /// Returns every reason why a tenant cannot start with these registrations.
    pub(crate) fn problems(&self) -> Vec<String> {
        let of_profile = |profile: &ExchangeProfile| {
            let problem = profile.problem()?;
            Some(format!("the subject_token_type {} {problem}", profile.subject_token_type))
        };
        let mut problems = repeated("application", &self.applications, |application| application.id());
        problems.extend(repeated("API", &self.apis, Api::identifier));
        problems.extend(repeated("user", &self.users, User::id));
        problems.extend(repeated("exchange profile", &self.profiles, |profile| &profile.subject_token_type));
        problems.extend(self.profiles.iter().filter_map(of_profile));
        problems.extend(self.apis.iter().filter_map(Api::problem));
        problems
    }
}

/// Returns a problem for each name that occurs again.
fn repeated<T>(what: &str, items: &[T], name: impl Fn(&T) -> &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut problems = Vec::new();
    for name in items.iter().map(name) {
        if seen.contains(&name) {
            problems.push(format!("the {what} {name} is registered twice"));
        }
        seen.push(name);
    }
    problems
}
