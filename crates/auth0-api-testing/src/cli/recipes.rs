//! Commands that get and exchange tokens, to paste into a shell.

use std::fmt::Write as _;

use super::plan::Plan;
use super::{examples, wrap};
use crate::shell::{form_encoded, quoted};
use crate::{GrantType, LocalTenant};

pub(super) fn text(plan: &Plan, tenant: &LocalTenant) -> String {
    let mut out = String::new();
    if tenant.ca_certificate().is_some() {
        out.push_str("Export the variables below first: curl reads SSL_CERT_FILE.\n\n");
    }
    out.push_str("Get a token for a machine, or a token for a user:\n\n");
    command(&mut out, "TOKEN", tenant, &machine(tenant));
    command(&mut out, "USER_TOKEN", tenant, &user(plan, tenant));
    out.push_str("Call your API with the token:\n\n");
    out.push_str("  curl -i http://127.0.0.1:3000/api/private -H \"Authorization: Bearer $TOKEN\"\n\n");
    out.push_str("As your API, exchange the user's token for a token for the next API:\n\n");
    command(&mut out, "DOWNSTREAM_TOKEN", tenant, &on_behalf_of(plan, tenant));
    if let Some(connection) = plan.connections.first() {
        out.push_str("And for a token of a third party:\n\n");
        command(&mut out, "VAULT_TOKEN", tenant, &vault(tenant, connection.name()));
        let url = quoted(&tenant.third_party_url(connection.name()));
        _ = write!(out, "  curl -i {url} \\\n  -H \"Authorization: Bearer $VAULT_TOKEN\"\n\n");
    }
    out
}

type Fields = Vec<(&'static str, String)>;

fn machine(tenant: &LocalTenant) -> Fields {
    vec![
        ("grant_type", encoded(GrantType::ClientCredentials.name())),
        ("client_id", encoded(tenant.client_id())),
        ("client_secret", encoded(tenant.client_secret())),
        ("audience", encoded(tenant.audience())),
        ("scope", encoded("read:messages")),
    ]
}

/// The fields of a request for a user's token. The request uses the exchange profile, because the profile needs no
/// browser.
fn user(plan: &Plan, tenant: &LocalTenant) -> Fields {
    let user = plan.users.first().map_or("auth0|local-user", crate::User::id);
    vec![
        ("grant_type", encoded(GrantType::TokenExchange.name())),
        ("client_id", encoded(tenant.client_id())),
        ("client_secret", encoded(tenant.client_secret())),
        ("subject_token_type", encoded(examples::PROFILE)),
        ("subject_token", encoded(&format!("{}{user}", examples::PREFIX))),
        ("audience", encoded(tenant.audience())),
        ("scope", encoded("read:messages")),
    ]
}

fn on_behalf_of(plan: &Plan, tenant: &LocalTenant) -> Fields {
    let mut fields = exchange(tenant, GrantType::TokenExchange, ACCESS_TOKEN);
    fields.push(("audience", encoded(&plan.downstream)));
    fields
}

fn vault(tenant: &LocalTenant, connection: &str) -> Fields {
    let requested = "http://auth0.com/oauth/token-type/federated-connection-access-token";
    let mut fields = exchange(tenant, GrantType::TokenVault, requested);
    fields.push(("connection", encoded(connection)));
    fields
}

fn exchange(tenant: &LocalTenant, grant: GrantType, requested: &str) -> Fields {
    vec![
        ("grant_type", encoded(grant.name())),
        ("client_id", encoded(tenant.api_client_id())),
        ("client_secret", encoded(tenant.api_client_secret())),
        ("subject_token_type", encoded(ACCESS_TOKEN)),
        ("subject_token", "$USER_TOKEN".into()),
        ("requested_token_type", encoded(requested)),
    ]
}

/// Writes a command that gets an access token and stores it in a shell variable.
fn command(out: &mut String, variable: &str, tenant: &LocalTenant, fields: &Fields) {
    _ = writeln!(out, "  {variable}=$(curl -s {} \\", quoted(&format!("{}/oauth/token", tenant.domain())));
    for (name, value) in fields {
        _ = writeln!(out, "{}", wrap::continued(&format!("  -d {name}={value} \\")));
    }
    _ = writeln!(out, "  | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')\n");
}

fn encoded(text: &str) -> String {
    form_encoded(text)
}

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
