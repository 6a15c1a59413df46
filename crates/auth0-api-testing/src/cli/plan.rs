//! What the program will serve: flags, file and examples together, checked.

use std::fs;
use std::path::Path;

use super::action::Profile;
use super::examples;
use super::file;
use super::options::TenantOptions;
use super::problems::Problems;
use super::registrations::{Registrations, encryption_key};
use crate::{Api, Application, Connection, GrantType, LocalTenant, LocalTenantBuilder, SignIn, TokenEncryption, User};

/// A configuration without a problem.
pub(super) struct Plan {
    pub(super) options: TenantOptions,
    pub(super) audience: String,
    pub(super) downstream: String,
    pub(super) users: Vec<User>,
    /// Ids and names.
    pub(super) organizations: Vec<(String, String)>,
    pub(super) profiles: Vec<Profile>,
    /// The first one is linked for the first user.
    pub(super) connections: Vec<Connection>,
    pub(super) builder: LocalTenantBuilder,
}

impl Plan {
    /// Reads the file that the flags name, and checks everything.
    ///
    /// # Errors
    ///
    /// All problems, as text for a terminal.
    pub(super) fn new(flags: TenantOptions) -> Result<Self, String> {
        let Some(path) = flags.config.clone() else {
            let problems = Problems::of_file(String::new(), "");
            return Self::checked(flags, Registrations::default(), &problems);
        };
        let text = fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let problems = Problems::of_file(path.display().to_string(), &text);
        let (options, registrations) = file::read(&text, &problems);
        Self::checked(flags.over(options), registrations, &problems)
    }

    fn checked(options: TenantOptions, read: Registrations, problems: &Problems<'_>) -> Result<Self, String> {
        let organizations = options.organization.iter().filter_map(|text| organization(text, problems));
        let organizations = examples::organizations(chosen(organizations.collect(), read.organizations));
        let users =
            options.user.iter().map(|id| organizations.iter().fold(User::new(id), |user, (id, _)| user.member_of(id)));
        let users = examples::users(chosen(users.collect(), read.users), &organizations);
        let connections = chosen(options.connection.iter().map(Connection::from).collect(), read.connections);
        let mut profiles = read.profiles;
        if !profiles.iter().any(|profile| profile.subject_token_type == examples::PROFILE) {
            profiles.push(Profile::with_prefix(examples::PROFILE, examples::PREFIX, &users));
        }
        let mut accounts = read.accounts;
        let connections = examples::connections(connections, &mut accounts, users.first());
        let audience = options.audience.clone().unwrap_or_else(|| examples::AUDIENCE.into());
        let downstream = options.downstream.clone().unwrap_or_else(|| examples::DOWNSTREAM.into());

        let mut builder = LocalTenant::builder().audience(&audience);
        builder = address(builder, &options, problems);
        builder = clients(builder, &options);
        for origin in &options.cors_origin {
            if !is_origin(origin) {
                problems.add(format!("{origin} is not an origin: write it like http://localhost:5173, without a path"));
            }
        }
        if options.sign_in {
            builder = builder.sign_in(SignIn::Page);
        }
        if !options.cors_origin.is_empty() {
            builder = builder.cors_origins(&options.cors_origin);
        }
        let named = |wanted: &str| read.apis.iter().any(|api| api.identifier() == wanted);
        if downstream != audience && !named(&downstream) {
            builder = builder.api(Api::new(&downstream));
        }
        match options.default_audience.as_deref() {
            Some("none") => {}
            Some(identifier) => builder = builder.default_audience(identifier),
            None => builder = builder.default_audience(&audience),
        }
        let has_page = read.applications.iter().any(|application| application.id() == examples::PAGE);
        let mut apis = read.apis;
        if let Some(encryption) = encryption(&options, problems) {
            let registered = apis.iter().position(|api| api.identifier() == audience);
            let api = registered.map_or_else(|| Api::new(&audience), |index| apis.remove(index));
            apis.push(api.token_encryption(encryption));
        }
        builder = apis.into_iter().fold(builder, LocalTenantBuilder::api);
        builder = read.applications.into_iter().fold(builder, LocalTenantBuilder::application);
        if !has_page {
            builder = builder.application(page(&options));
        }
        builder = users.iter().cloned().fold(builder, LocalTenantBuilder::user);
        builder = organizations.iter().fold(builder, |builder, (id, name)| builder.organization(id, name));
        builder = read.invitations.iter().fold(builder, |builder, (ticket, id)| builder.invitation(ticket, id));
        builder = connections.iter().cloned().fold(builder, LocalTenantBuilder::connection);
        builder = accounts.into_iter().fold(builder, |builder, (user, account)| builder.linked_account(user, account));
        builder = profiles.iter().cloned().fold(builder, |builder, profile| profile.register(builder));
        builder.problems().into_iter().for_each(|problem| problems.add(problem));
        if problems.is_empty() {
            Ok(Self { options, audience, downstream, users, organizations, profiles, connections, builder })
        } else {
            Err(problems.report())
        }
    }
}

/// Returns what the flags register or, if they register nothing, what the file registers.
fn chosen<T>(flags: Vec<T>, file: Vec<T>) -> Vec<T> {
    if flags.is_empty() { file } else { flags }
}

fn address(mut builder: LocalTenantBuilder, options: &TenantOptions, problems: &Problems<'_>) -> LocalTenantBuilder {
    builder = builder.port(options.port.unwrap_or(examples::PORT));
    if let Some(host) = &options.host {
        builder = builder.host(host);
    }
    if let Some(url) = &options.public_url {
        builder = builder.public_url(url);
    }
    if let (Some(certificate), Some(key)) = (&options.tls_cert, &options.tls_key) {
        let (certificate, key) = (contents(certificate, problems), contents(key, problems));
        return builder.tls_certificate(certificate, key);
    }
    if options.ca_file.is_some() && !options.tls {
        problems.add("a CA file is written only with --tls");
    }
    if options.tls { builder.tls() } else { builder }
}

/// Returns how the tokens of the API under test are encrypted, if they are.
fn encryption(options: &TenantOptions, problems: &Problems<'_>) -> Option<TokenEncryption> {
    let Some(file) = &options.encryption_key else {
        if options.encryption_kid.is_some() {
            problems.add("an encryption_kid needs an encryption_key");
        }
        return None;
    };
    let encryption = encryption_key(file).map_err(|problem| problems.add(problem)).ok()?;
    Some(if let Some(kid) = &options.encryption_kid { encryption.key_id(kid) } else { encryption })
}

fn contents(path: &Path, problems: &Problems<'_>) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| {
        problems.add(format!("cannot read {}: {error}", path.display()));
        String::new()
    })
}

fn clients(mut builder: LocalTenantBuilder, options: &TenantOptions) -> LocalTenantBuilder {
    let or = |value: &Option<String>, default: &str| value.clone().unwrap_or_else(|| default.into());
    builder = builder
        .client(or(&options.client_id, examples::CLIENT_ID), or(&options.client_secret, examples::CLIENT_SECRET))
        .api_client(
            or(&options.api_client_id, examples::API_CLIENT_ID),
            or(&options.api_client_secret, examples::API_CLIENT_SECRET),
        );
    if options.client_id_metadata_documents {
        builder = builder.client_id_metadata_documents();
    }
    if options.client_registration { builder.client_registration() } else { builder }
}

/// The client of pages in development.
fn page(options: &TenantOptions) -> Application {
    let page = Application::single_page(examples::PAGE);
    if options.no_page_exchange {
        return page;
    }
    page.grants([GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::TokenExchange])
}

fn organization(text: &str, problems: &Problems<'_>) -> Option<(String, String)> {
    match text.split_once('=') {
        Some((id, name)) if !id.is_empty() && !name.is_empty() => Some((id.into(), name.into())),
        _ => {
            problems.add(format!("--organization {text} is not ID=NAME, such as org_acme=acme"));
            None
        }
    }
}

fn is_origin(text: &str) -> bool {
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    authority.is_some_and(|authority| !authority.is_empty() && !authority.contains(['/', '?', '#', '@', ',', ' ']))
}
