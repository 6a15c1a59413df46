//! The text that the program prints once the tenant runs: names, secrets, and commands to paste.

use auth0_api_testing::{GrantType, LocalTenant};

use crate::{LINKED, PAGE, PROFILE, UNLINKED, USER};

pub(crate) fn print(tenant: &LocalTenant, downstream: &str) {
    println!("A local Auth0 tenant. For development only: it issues tokens to anyone who asks.");
    println!();
    println!("  domain             {}", tenant.domain());
    println!("  audience           {}", tenant.audience());
    println!("  client id          {}", tenant.client_id());
    println!("  client secret      {}", tenant.client_secret());
    println!("  API client id      {}", tenant.api_client_id());
    println!("  API client secret  {}", tenant.api_client_secret());
    println!("  browser client id  {PAGE} (PKCE, any callback on this machine)");
    println!("  connections        {LINKED} (linked for {USER}), {UNLINKED} (not linked)");
    println!();
    println!("Start your API with:");
    println!();
    println!("  export AUTH0_DOMAIN={} AUTH0_AUDIENCE={}", quoted(tenant.domain()), quoted(tenant.audience()));
    let (id, secret) = (quoted(tenant.api_client_id()), quoted(tenant.api_client_secret()));
    println!("  export AUTH0_CLIENT_ID={id} AUTH0_CLIENT_SECRET={secret} DOWNSTREAM_AUDIENCE={}", quoted(downstream));
    println!();
    println!("Get a token for a machine, or a token for a user:");
    println!();
    print_command("TOKEN", tenant, &machine(tenant));
    print_command("USER_TOKEN", tenant, &user(tenant));
    println!("Call your API with the token:");
    println!();
    println!(r#"  curl -i http://127.0.0.1:3000/api/private -H "Authorization: Bearer $TOKEN""#);
    println!();
    println!("As your API, exchange the user's token for a token for the next API, and for a token of a third party:");
    println!();
    print_command("DOWNSTREAM_TOKEN", tenant, &on_behalf_of(tenant, downstream));
    print_command("GOOGLE_TOKEN", tenant, &vault(tenant));
    println!(r#"  curl -i {} -H "Authorization: Bearer $GOOGLE_TOKEN""#, quoted(&tenant.third_party_url(LINKED)));
    println!();
    println!("Stop with ctrl-c.");
}

type Fields = Vec<(&'static str, String)>;

fn machine(tenant: &LocalTenant) -> Fields {
    vec![
        ("grant_type", quoted(GrantType::ClientCredentials.name())),
        ("client_id", quoted(tenant.client_id())),
        ("client_secret", quoted(tenant.client_secret())),
        ("audience", quoted(tenant.audience())),
        ("scope", "read:messages".into()),
    ]
}

/// The fields of a request for a user's token. The request uses the exchange profile, because the profile needs no
/// browser.
fn user(tenant: &LocalTenant) -> Fields {
    vec![
        ("grant_type", quoted(GrantType::TokenExchange.name())),
        ("client_id", quoted(tenant.client_id())),
        ("client_secret", quoted(tenant.client_secret())),
        ("subject_token_type", quoted(PROFILE)),
        ("subject_token", quoted(&format!("legacy:{USER}"))),
        ("audience", quoted(tenant.audience())),
        ("scope", "read:messages".into()),
    ]
}

fn on_behalf_of(tenant: &LocalTenant, downstream: &str) -> Fields {
    let mut fields = exchange(tenant, GrantType::TokenExchange, ACCESS_TOKEN);
    fields.push(("audience", quoted(downstream)));
    fields
}

fn vault(tenant: &LocalTenant) -> Fields {
    let requested = "http://auth0.com/oauth/token-type/federated-connection-access-token";
    let mut fields = exchange(tenant, GrantType::TokenVault, requested);
    fields.push(("connection", quoted(LINKED)));
    fields
}

fn exchange(tenant: &LocalTenant, grant: GrantType, requested: &str) -> Fields {
    vec![
        ("grant_type", quoted(grant.name())),
        ("client_id", quoted(tenant.api_client_id())),
        ("client_secret", quoted(tenant.api_client_secret())),
        ("subject_token_type", quoted(ACCESS_TOKEN)),
        ("subject_token", "\"$USER_TOKEN\"".into()),
        ("requested_token_type", quoted(requested)),
    ]
}

/// Prints a command that gets an access token and stores it in a shell variable.
fn print_command(variable: &str, tenant: &LocalTenant, fields: &Fields) {
    println!("  {variable}=$(curl -s {} \\", quoted(&format!("{}/oauth/token", tenant.domain())));
    for (name, value) in fields {
        println!("    --data-urlencode {name}={value} \\");
    }
    println!(r#"    | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"#);
    println!();
}

/// Quotes a text as one word for the shell, if it contains a character that the shell could treat as special.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:/@,+=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
