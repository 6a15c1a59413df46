//! An exchange profile: the API exchanges a session of an older system, used before Auth0, for a token.

use std::error::Error;

use auth0_api_core::exchange::ServerErrorKind;
use auth0_api_core::{ExchangeError, ExchangeProfile, SubjectToken, TokenSet};

use super::guide::Guide;
use super::outcome::Outcome;
use super::{Servers, Step};
use crate::LEGACY_SESSION;

pub(super) async fn run(guide: &mut Guide, Servers { tenant, api, url, .. }: &Servers) -> Result<(), Box<dyn Error>> {
    let profile = || ExchangeProfile::new(LEGACY_SESSION, tenant.audience()).scope("read:messages");
    let exchange = |session: &str| api.get_token_by_exchange_profile(SubjectToken::unverified(session), profile());

    let tokens = exchange("session-of-ada").await?;
    guide.report(&accepted(&tokens));
    let with_token = Step {
        title: "the API accepts the new token like any other",
        url: format!("{url}/api/private"),
        authorization: Some(format!("Bearer {}", tokens.access_token().expose())),
        status: 200,
        part: r#""subject":"auth0|ada""#,
        reason: "auth0|ada",
        ..Step::default()
    };
    guide.run(&with_token).await?;
    guide.report(&rejected(&exchange("unknown-session").await));
    Ok(())
}

fn accepted(tokens: &TokenSet) -> Outcome {
    let scopes = tokens.scopes().collect::<Vec<_>>().join(" ");
    Outcome {
        title: "a session that the tenant's Action accepts",
        status: 200,
        promised: (200, "read:messages"),
        kept: scopes == "read:messages",
        exchange: vec![format!("token type: {:?}", tokens.token_type()), format!("scopes: {scopes}")],
    }
}

fn rejected(answer: &Result<TokenSet, ExchangeError>) -> Outcome {
    let (status, kept, shown) = match answer {
        Ok(_) => (200, false, "the tenant has issued a token".to_owned()),
        Err(ExchangeError::Server(error)) => {
            (error.status(), error.kind() == ServerErrorKind::SubjectRejected, error.to_string())
        }
        Err(error) => (0, false, error.to_string()),
    };
    let title = "a session that the Action rejects";
    Outcome { title, status, promised: (400, "no such session"), kept, exchange: vec![shown] }
}
