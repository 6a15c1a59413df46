//! Provisions a tenant, and exchanges a token with the profile that it then has. The tenant is a local one, so this program
//! needs no account:
//!
//! ```sh
//! cargo run -p auth0-api-management --example ensure
//! ```
//!
//! With a tenant of Auth0, `provision` stays the same. Only the domain, the credentials and the id of the Action differ.

#![expect(clippy::print_stdout, reason = "this program prints for its user")]

use std::error::Error;

use auth0_api_core::{ApiClient, ClientAuth, ExchangeProfile, SubjectToken};
use auth0_api_management::{Ensured, ManagementClient, WantedProfile};
use auth0_api_testing::{ExchangeRejection, LocalTenant, User};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // In a tenant of Auth0, this is an Action with the trigger custom-token-exchange.
    let tenant = LocalTenant::builder().action("check-session", |request| {
        let user = request.subject_token().strip_prefix("session-of-").map(|name| User::new(format!("legacy|{name}")));
        user.ok_or_else(|| ExchangeRejection::reject_subject_token("no such session"))
    });
    let tenant = tenant.start().await?;

    let auth = ClientAuth::secret_post(tenant.client_id(), tenant.client_secret());
    let management = ManagementClient::builder(tenant.domain(), auth.clone()).insecure_http_loopback().build()?;
    for name in ["Legacy sessions", "Legacy sessions", "Sessions of the old shop"] {
        provision(&management, name).await?;
    }

    let api = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    let api = api.client_auth(auth).build()?;
    let profile = ExchangeProfile::new(SESSION, tenant.audience());
    let tokens = api.get_token_by_exchange_profile(SubjectToken::unverified("session-of-ada"), profile).await?;
    let token = api.verify_access_token(tokens.access_token().expose()).await?;
    println!("exchanged a session for a token of {:?}", token.subject());
    Ok(())
}

/// What each deployment does before it starts the API.
async fn provision(management: &ManagementClient, name: &str) -> Result<(), Box<dyn Error>> {
    let wanted = WantedProfile::new(name, SESSION, "check-session");
    let ensured = match management.token_exchange_profiles().ensure(&wanted).await {
        Ok(ensured) => ensured,
        Err(error) => {
            // The label is for a metric. The hint tells an operator what to change.
            println!("{}: {error}: {}", error.label(), error.hint().unwrap_or("try again later"));
            return Err(error.into());
        }
    };
    let done = match &ensured {
        Ensured::Created(_) => "created",
        Ensured::Changed(_) => "changed",
        _ => "found",
    };
    println!("{done} the profile {} ({})", ensured.profile().id(), ensured.profile().name());
    Ok(())
}

const SESSION: &str = "urn:acme:legacy-session";
