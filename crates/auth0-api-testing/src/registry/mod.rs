//! What is registered with the tenant: APIs, applications, users, organizations, connections, exchange profiles.

mod account;
mod api;
mod application;
mod back_channel_url;
mod callbacks;
mod connection;
mod credential;
mod exchange_profile;
mod grant_type;
mod organization;
mod profile_claims;
mod refresh_token_policy;
mod user;

pub use account::LinkedAccount;
pub use api::Api;
pub use application::Application;
pub(crate) use back_channel_url::BackChannelUrl;
pub(crate) use callbacks::is_loopback;
pub use connection::Connection;
pub use credential::Credential;
pub(crate) use credential::Method;
pub(crate) use exchange_profile::{Action, ExchangeProfile, RejectionKind, subject_token_type_problem};
pub use exchange_profile::{ExchangeRejection, ExchangeRequest, Exchanged};
pub use grant_type::GrantType;
pub(crate) use organization::{Invitation, Organization};
pub(crate) use profile_claims::claims as profile_claims;
pub use refresh_token_policy::RefreshTokenPolicy;
use std::collections::BTreeSet;
use std::sync::Arc;
pub use user::User;

use crate::{ResourceParameterProfile, SignIn};

#[derive(Clone, Debug, Default)]
pub(crate) struct Registry {
    pub(crate) actions: Vec<Action>,
    pub(crate) apis: Vec<Api>,
    pub(crate) applications: Vec<Arc<Application>>,
    pub(crate) connections: Vec<Connection>,
    pub(crate) invitations: Vec<Invitation>,
    pub(crate) organizations: Vec<Organization>,
    pub(crate) profiles: Vec<ExchangeProfile>,
    pub(crate) users: Vec<User>,
    pub(crate) client_registration: bool,
    /// The API that a user's token is for if the client names none.
    pub(crate) default_audience: Option<String>,
    pub(crate) resource_parameter: ResourceParameterProfile,
    pub(crate) sign_in: SignIn,
}

impl Registry {
    pub(crate) fn api(&self, identifier: &str) -> Option<&Api> {
        self.apis.iter().find(|api| api.identifier() == identifier)
    }

    /// Returns the types of authorization details that the APIs list, each once.
    pub(crate) fn authorization_details_types(&self) -> Vec<&str> {
        let types: BTreeSet<_> = self.apis.iter().flat_map(Api::authorization_details_types_listed).collect();
        types.into_iter().collect()
    }

    pub(crate) fn application(&self, id: &str) -> Option<&Arc<Application>> {
        self.applications.iter().find(|application| application.id() == id)
    }

    pub(crate) fn connection(&self, name: &str) -> Option<&Connection> {
        self.connections.iter().find(|connection| connection.name() == name)
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id() == id)
    }

    /// Returns the organization with this id or this name. The comparison of names ignores upper and lower case.
    pub(crate) fn organization(&self, id_or_name: &str) -> Option<&Organization> {
        let name = id_or_name.to_lowercase();
        self.organizations.iter().find(|known| known.id == id_or_name || known.name == name)
    }

    pub(crate) fn action(&self, id: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }

    /// Returns whether a user is a member of an organization. A user who is not registered counts as a member of every
    /// organization.
    pub(crate) fn is_member(&self, user_id: &str, organization: &Organization) -> bool {
        self.user(user_id).is_none_or(|user| user.is_member_of(&organization.id))
    }

    /// Returns every reason why a tenant cannot start with these registrations.
    pub(crate) fn problems(&self) -> Vec<String> {
        let of_profile = |profile: &ExchangeProfile| {
            let problem = subject_token_type_problem(&profile.subject_token_type)?;
            Some(format!("the subject_token_type {} {problem}", profile.subject_token_type))
        };
        let mut problems = repeated("application", &self.applications, |application| application.id());
        problems.extend(repeated("API", &self.apis, Api::identifier));
        problems.extend(repeated("user", &self.users, User::id));
        problems.extend(repeated("Action", &self.actions, |action| &action.id));
        problems.extend(repeated("exchange profile", &self.profiles, |profile| &profile.subject_token_type));
        problems.extend(repeated("connection", &self.connections, Connection::name));
        problems.extend(repeated("organization", &self.organizations, |organization| &organization.id));
        problems.extend(repeated("organization", &self.organizations, |organization| &organization.name));
        problems.extend(self.profiles.iter().filter_map(of_profile));
        problems.extend(self.apis.iter().filter_map(Api::problem));
        problems.extend(self.applications.iter().filter_map(|application| application.problem()));
        let back_channels = self.applications.iter().filter_map(|application| application.back_channel_url());
        problems.extend(back_channels.filter_map(|url| BackChannelUrl::parse(url).err()));
        problems.extend(self.unknown_references());
        problems
    }

    /// Returns the registrations that name something that is not registered.
    fn unknown_references(&self) -> impl Iterator<Item = String> {
        let audience = self.default_audience.as_ref().filter(|audience| self.api(audience).is_none());
        let of_audience = audience.map(|audience| format!("the default audience {audience} is not a registered API"));
        let unknown = |invitation: &Invitation| {
            let id = &invitation.organization_id;
            let is_known = self.organizations.iter().any(|organization| organization.id == *id);
            (!is_known).then(|| format!("the organization {id} of an invitation is not registered"))
        };
        let without_action = |profile: &ExchangeProfile| {
            let ExchangeProfile { subject_token_type, action_id, .. } = profile;
            let is_known = self.action(action_id).is_some();
            (!is_known).then(|| format!("the Action {action_id} of the profile {subject_token_type} is not registered"))
        };
        let of_profiles = self.profiles.iter().filter_map(without_action);
        of_audience.into_iter().chain(self.invitations.iter().filter_map(unknown)).chain(of_profiles)
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
