//! The tables of the configuration file: what is registered with the tenant.

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use auth0_api_core::Algorithm;

use super::action::Profile;
use super::applications;
use super::section::Section;
use crate::{Api, Application, Connection, EncryptionAlgorithm, LinkedAccount, TokenEncryption, User};

/// What a configuration registers, in addition to what the tenant always has.
#[derive(Default)]
pub(super) struct Registrations {
    pub(super) apis: Vec<Api>,
    pub(super) applications: Vec<Application>,
    pub(super) users: Vec<User>,
    /// Ids and names.
    pub(super) organizations: Vec<(String, String)>,
    /// Tickets, each with the id of its organization.
    pub(super) invitations: Vec<(String, String)>,
    pub(super) connections: Vec<Connection>,
    /// Accounts, each with the id of its user.
    pub(super) accounts: Vec<(String, LinkedAccount)>,
    pub(super) profiles: Vec<Profile>,
}

impl Registrations {
    pub(super) fn read(file: &mut Section<'_>) -> Self {
        let organizations = each(file, "organizations", organization);
        let users = each(file, "users", |section| user(section, &organizations));
        let profiles = each(file, "exchange_profiles", |section| Profile::read(section, &users));
        let invitations = each(file, "invitations", |section| invitation(section, &organizations));
        Self {
            invitations,
            apis: each(file, "apis", api),
            applications: each(file, "applications", applications::read),
            connections: each(file, "connections", connection),
            accounts: each(file, "linked_accounts", |section| account(section, &users)),
            profiles,
            users,
            organizations,
        }
    }
}

/// Reads each table with this name. A table without its mandatory settings is left out.
fn each<T>(file: &mut Section<'_>, key: &'static str, mut read: impl FnMut(&mut Section<'_>) -> Option<T>) -> Vec<T> {
    let mut read_all = Vec::new();
    for mut section in file.tables(key) {
        read_all.extend(read(&mut section));
        section.finish();
    }
    read_all
}

fn api(section: &mut Section<'_>) -> Option<Api> {
    let identifier = section.required("identifier");
    let scopes = section.texts("scopes");
    let lifetime = section.number("token_lifetime", "a number of seconds, from 1 to 2592000", &LIFETIMES);
    let algorithm = section.one_of("algorithm", &Algorithm::ALL.map(|algorithm| (algorithm.name(), algorithm)));
    let opt_in = section.one_of("agent_subject_claims", &[("auth0-v1", ())]);
    let details = section.texts("authorization_details_types");
    let (rfc9068, requires_dpop) = (section.flag("rfc9068"), section.flag("require_dpop"));
    let has_offline_access = section.optional_flag("offline_access").unwrap_or(true);
    let encryption = encryption(section);
    let mut api = Api::new(identifier?);
    if let Some(encryption) = encryption {
        api = api.token_encryption(encryption);
    }
    if let Some(scopes) = scopes {
        api = api.scopes(scopes);
    }
    if let Some(seconds) = lifetime {
        api = api.token_lifetime(Duration::from_secs(seconds));
    }
    if let Some(algorithm) = algorithm {
        api = api.algorithm(algorithm);
    }
    if opt_in.is_some() {
        api = api.agent_subject_claims();
    }
    if let Some(types) = details {
        api = api.authorization_details_types(types);
    }
    if requires_dpop {
        api = api.require_dpop();
    }
    if !has_offline_access {
        api = api.without_offline_access();
    }
    Some(if rfc9068 { api.rfc9068() } else { api })
}

/// Reads how the tokens of an API are encrypted, if they are.
fn encryption(section: &mut Section<'_>) -> Option<TokenEncryption> {
    let file = section.text("encryption_key");
    let names = EncryptionAlgorithm::ALL.map(|algorithm| (algorithm.name(), algorithm));
    let (algorithm, kid) = (section.one_of("encryption_alg", &names), section.text("encryption_kid"));
    let Some(file) = file else {
        if algorithm.is_some() || kid.is_some() {
            section.problem("encryption_key is missing: the file of the API's public key");
        }
        return None;
    };
    let mut encryption = encryption_key(Path::new(&file)).map_err(|problem| section.problem(problem)).ok()?;
    if let Some(algorithm) = algorithm {
        encryption = encryption.algorithm(algorithm);
    }
    Some(if let Some(kid) = kid { encryption.key_id(kid) } else { encryption })
}

/// Reads a public key from a PEM file.
pub(super) fn encryption_key(file: &Path) -> Result<TokenEncryption, String> {
    let text = fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let key = TokenEncryption::from_pem(&text);
    key.ok_or_else(|| format!("{} is not a public RSA key of 2048 to 8192 bits in PEM", file.display()))
}

fn user(section: &mut Section<'_>, organizations: &[(String, String)]) -> Option<User> {
    let id = section.required("id");
    let mut user = User::new(id.unwrap_or_default());
    for name in ["email", "name"] {
        if let Some(value) = section.text(name) {
            user = user.claim(name, value);
        }
    }
    for (name, value) in section.json("claims").unwrap_or_default() {
        user = user.claim(name, value);
    }
    for (name, value) in section.json("access_token_claims").unwrap_or_default() {
        user = user.access_token_claim(name, value);
    }
    for wanted in section.texts("organizations").unwrap_or_default() {
        match organizations.iter().find(|(id, name)| *id == wanted || *name == wanted) {
            Some((id, _)) => user = user.member_of(id),
            None => section.problem(format!("no organization has the id or the name {wanted}")),
        }
    }
    Some(user).filter(|user| !user.id().is_empty())
}

fn organization(section: &mut Section<'_>) -> Option<(String, String)> {
    let (id, name) = (section.required("id"), section.required("name"));
    Some((id?, name?))
}

fn connection(section: &mut Section<'_>) -> Option<Connection> {
    let name = section.required("name");
    let (strategy, scopes) = (section.text("strategy"), section.texts("scopes"));
    let has_offline_access = section.optional_flag("offline_access").unwrap_or(true);
    let mut connection = Connection::new(name?);
    if let Some(strategy) = strategy {
        connection = connection.strategy(strategy);
    }
    if let Some(scopes) = scopes {
        connection = connection.scopes(scopes);
    }
    Some(if has_offline_access { connection } else { connection.without_offline_access() })
}

fn invitation(section: &mut Section<'_>, organizations: &[(String, String)]) -> Option<(String, String)> {
    let (ticket, wanted) = (section.required("ticket"), section.required("organization")?);
    let invited = organizations.iter().find(|(id, name)| *id == wanted || *name == wanted);
    if invited.is_none() {
        section.problem(format!("no organization has the id or the name {wanted}"));
    }
    Some((ticket?, invited?.0.clone()))
}

fn account(section: &mut Section<'_>, users: &[User]) -> Option<(String, LinkedAccount)> {
    let user = section.required("user");
    let connection = section.required("connection");
    let (name, scopes, expired) = (section.text("name"), section.texts("scopes"), section.flag("expired"));
    let user = user.filter(|id| {
        let is_known = users.is_empty() || users.iter().any(|user| user.id() == id);
        if !is_known {
            section.problem(format!("no user has the id {id}"));
        }
        is_known
    });
    let mut account = LinkedAccount::new(connection?);
    if let Some(name) = name {
        account = account.name(name);
    }
    if let Some(scopes) = scopes {
        account = account.scopes(scopes);
    }
    Some((user?, if expired { account.expired() } else { account }))
}

/// Seconds; Auth0's limit is 30 days.
const LIFETIMES: RangeInclusive<u64> = 1..=2_592_000;
