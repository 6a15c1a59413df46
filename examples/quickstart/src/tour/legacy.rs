//! A session of the system before Auth0 becomes a token, by an exchange profile.

use std::error::Error;

use auth0_api_core::{ExchangeError, ExchangeProfile, ServerErrorKind, SubjectToken};

use super::guide::{Guide, conclude};
use super::{Places, Step};
use crate::LEGACY_SESSION;

pub(super) async fn exchange(guide: &Guide, places: &Places) -> Result<usize, Box<dyn Error>> {
    let Places { tenant, api, url, .. } = places;
    let profile = || ExchangeProfile::new(LEGACY_SESSION, tenant.audience()).scope("read:messages");
    let ask = |session: &str| api.get_token_by_exchange_profile(SubjectToken::unverified(session), profile());

    println!("▸ a session that the Action knows becomes a token");
    let tokens = ask("session-of-ada").await?;
    println!("  → a token of the type {:?} for {:?}", tokens.token_type(), tokens.scopes().collect::<Vec<_>>());
    let granted = conclude(tokens.scope() == Some("read:messages"), "the scope read:messages");
    let with_it = Step {
        title: "and the token is as good as any",
        url: format!("{url}/api/private"),
        authorization: Some(format!("Bearer {}", tokens.access_token().expose())),
        promised_status: 200,
        promised_body: r#""subject":"auth0|ada""#,
        ..Step::default()
    };
    let broken = guide.take(vec![with_it]).await?;

    println!("▸ a session that the Action does not know");
    let rejected = match ask("session-of-nobody").await {
        Err(ExchangeError::Server(rejection)) => {
            println!("  → {rejection}");
            rejection.kind() == ServerErrorKind::SubjectRejected
        }
        other => {
            println!("  → {other:?}");
            false
        }
    };
    Ok(broken + usize::from(!granted) + usize::from(!conclude(rejected, "a rejection of the subject")))
}
