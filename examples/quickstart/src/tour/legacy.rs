//! An exchange profile: the API exchanges a session of an older system, used before Auth0, for a token.

use std::error::Error;

use auth0_api_core::exchange::ServerErrorKind;
use auth0_api_core::{ExchangeError, ExchangeProfile, SubjectToken};

use super::guide::{Guide, report};
use super::{Servers, Step};
use crate::LEGACY_SESSION;

pub(super) async fn run(guide: &Guide, servers: &Servers) -> Result<usize, Box<dyn Error>> {
    let Servers { tenant, api, url, .. } = servers;
    let profile = || ExchangeProfile::new(LEGACY_SESSION, tenant.audience()).scope("read:messages");
    let ask = |session: &str| api.get_token_by_exchange_profile(SubjectToken::unverified(session), profile());

    println!("▸ exchange of a session that the tenant's Action accepts");
    let tokens = ask("session-of-ada").await?;
    println!("  → token type {:?}, scopes {:?}", tokens.token_type(), tokens.scopes().collect::<Vec<_>>());
    let granted = report(tokens.scope() == Some("read:messages"), "the scope read:messages");
    let with_token = Step {
        title: "the API accepts the new token like any other",
        url: format!("{url}/api/private"),
        authorization: Some(format!("Bearer {}", tokens.access_token().expose())),
        expected_status: 200,
        expected_body: r#""subject":"auth0|ada""#,
        ..Step::default()
    };
    let failed = guide.run_all(vec![with_token]).await?;

    println!("▸ exchange of a session that the tenant's Action rejects");
    let rejected = match ask("unknown-session").await {
        Err(ExchangeError::Server(rejection)) => {
            println!("  → {rejection}");
            rejection.kind() == ServerErrorKind::SubjectRejected
        }
        other => {
            println!("  → {other:?}");
            false
        }
    };
    Ok(failed + usize::from(!granted) + usize::from(!report(rejected, "the tenant rejects the subject token")))
}
