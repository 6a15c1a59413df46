//! The authorization endpoint ([RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).
//!
//! The order of the decisions:
//!
//! 1. The client and the redirect URI. If one is wrong, the browser stays at the tenant, on a page: the URI may be that
//!    of an attacker ([RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)). Every later rejection
//!    reaches the client, in the `response_mode` that it chose ([`AuthorizationRequest`]).
//! 2. Everything else in the request ([`code::Draft`]).
//! 3. Whether the request has a session transfer token: its user is signed in. Otherwise, whether the browser's session suffices ([`login::session`]). If it does not, `prompt=none` is rejected with
//!    `login_required`, and otherwise [`SignIn`] decides: the tenant signs a user in at once, or keeps the request and
//!    shows the sign-in page.
//! 4. Whether the user is a member of the organization.
//! 5. The code.

mod code;
mod login;
mod request;
mod waiting;
mod web_message;

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};

use super::error_response::ErrorResponse;
use super::{page, session};
use crate::ledger::Session;
use crate::state::Tenant;
use crate::{SignIn, User};
use code::Draft;
pub(crate) use code::LIFETIME;
pub(crate) use request::{AuthorizationRequest, redirect, with_query};
pub(crate) use waiting::SIGN_IN_PATH;

pub(crate) const PATH: &str = "/authorize";

pub(crate) async fn authorize(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    match AuthorizationRequest::read(&tenant, &query).await {
        Ok(request) => {
            let step = step(&tenant, &request, &headers);
            step.map_or_else(
                |rejection| request.reject(&tenant, &rejection),
                |step| request.take(&tenant, &headers, &query, step),
            )
        }
        Err(rejection) => page::rejection(&rejection),
    }
}

/// What the tenant does next.
enum Step {
    /// The browser's session suffices.
    Continue(Session),
    /// A user signs in at once, in place of the session with this secret.
    SignIn { user: User, replaces: Option<String> },
    /// A person chooses on the page.
    Page,
}

fn step(tenant: &Tenant, request: &AuthorizationRequest, headers: &HeaderMap) -> Result<Step, ErrorResponse> {
    Draft::of(tenant, request)?;
    let now = tenant.clock.now();
    let (secret, earlier) = session::resume(tenant, headers).unzip();
    // The transferred session replaces the one of the browser, also if both belong to one user.
    if let Some(token) = request.parameters.get("session_transfer_token") {
        let user = tenant.ledger().session_transfers.redeem(token, now);
        let user = user.ok_or_else(|| ErrorResponse::access_denied("The session_transfer_token is not valid"))?;
        return Ok(Step::SignIn { user, replaces: secret });
    }
    if let Some(session) = login::session(request, earlier.as_ref(), now)? {
        return Ok(Step::Continue(session.clone()));
    }
    if request.is_silent()? {
        return Err(ErrorResponse::login_required("Login required"));
    }
    match tenant.registry.sign_in {
        SignIn::Immediate => {
            let user = login::user(tenant, &request.parameters, earlier.as_ref())?;
            Ok(Step::SignIn { user, replaces: secret })
        }
        SignIn::Page => Ok(Step::Page),
    }
}

impl AuthorizationRequest {
    fn take(&self, tenant: &Tenant, headers: &HeaderMap, query: &str, step: Step) -> Response {
        match step {
            Step::Continue(session) => self.answer(tenant, &session),
            Step::SignIn { user, replaces } => self.start_session(tenant, user, replaces.as_deref()),
            Step::Page => waiting::open(tenant, headers, query),
        }
    }

    /// Continues after a person has signed in on the page.
    pub(crate) fn signed_in(&self, tenant: &Tenant, headers: &HeaderMap, user: User) -> Response {
        let replaces = session::resume(tenant, headers).map(|(secret, _)| secret);
        self.start_session(tenant, user, replaces.as_deref())
    }

    fn start_session(&self, tenant: &Tenant, user: User, replaces: Option<&str>) -> Response {
        let (secret, session) = {
            let mut ledger = tenant.ledger();
            if let Some(secret) = replaces {
                ledger.end_session(secret);
            }
            ledger.sessions.start(user, tenant.clock.now())
        };
        let mut response = self.answer(tenant, &session);
        add_cookie(&mut response, session::cookie(tenant, &secret));
        response
    }

    /// Answers the client with a code for the user of this session, or with the reason why there is none.
    fn answer(&self, tenant: &Tenant, session: &Session) -> Response {
        let code = Draft::of(tenant, self).and_then(|draft| draft.code(tenant, self, session));
        match code {
            Ok(code) => self.respond(tenant, vec![("code", code)]),
            Err(rejection) => self.reject(tenant, &rejection),
        }
    }
}

pub(crate) fn add_cookie(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// The default user of [`TokenBuilder`](crate::TokenBuilder) is the same.
pub(crate) const DEFAULT_USER: &str = "auth0|local-user";
