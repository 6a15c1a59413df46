//! Whether a session suffices for a request, and which user signs in if it does not.

use std::time::{Duration, SystemTime};

use super::{AuthorizationRequest, DEFAULT_USER};
use crate::User;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::parameters::Parameters;
use crate::ledger::Session;
use crate::state::Tenant;

/// Returns the browser's session if it suffices for the request.
///
/// It does not suffice if the client asks for a new login (`prompt=login`), or for a login that is younger
/// (`max_age`), or hints at another user. A silent request gets the user of the session, whatever it hints at: no page
/// could be shown to change the user.
pub(super) fn session<'s>(
    request: &AuthorizationRequest,
    session: Option<&'s Session>,
    now: SystemTime,
) -> Result<Option<&'s Session>, ErrorResponse> {
    let (max_age, is_silent) = (request.max_age()?, request.is_silent()?);
    let is_meant = |session: &&Session| {
        let hint = request.parameters.get("login_hint").filter(|_| !is_silent);
        hint.is_none_or(|hint| session.user.matches_hint(hint))
    };
    let session = session.filter(|session| !request.wants_login() && is_young(session, max_age, now));
    Ok(session.filter(is_meant))
}

/// Returns the user to sign in without a page: the user that `login_hint` names, else the user of the earlier session,
/// who signs in again, else the first registered user.
///
/// If no user is registered, `login_hint` may be any user id.
pub(super) fn user(tenant: &Tenant, parameters: &Parameters, earlier: Option<&Session>) -> Result<User, ErrorResponse> {
    let users = &tenant.registry.users;
    match parameters.get("login_hint") {
        Some(hint) if !users.is_empty() => users
            .iter()
            .find(|user| user.matches_hint(hint))
            .cloned()
            .ok_or_else(|| ErrorResponse::access_denied(format!("No user is called {hint}"))),
        Some(hint) => Ok(User::new(hint)),
        None => {
            let first = || users.first().cloned().unwrap_or_else(|| User::new(DEFAULT_USER));
            Ok(earlier.map_or_else(first, |session| session.user.clone()))
        }
    }
}

/// OpenID Connect Core §3.1.2.1: returns whether the login is not older than `max_age` seconds. `0` always requires a
/// new login.
fn is_young(session: &Session, max_age: Option<u64>, now: SystemTime) -> bool {
    let age = now.duration_since(session.started_at).unwrap_or_default();
    max_age.is_none_or(|max_age| max_age > 0 && age <= Duration::from_secs(max_age))
}
