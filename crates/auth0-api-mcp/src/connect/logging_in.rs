//! The link, and the callback of the login.

use auth0_api_core::VerifiedToken;
use auth0_api_core::exchange::IssuedToken;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use http::{HeaderMap, HeaderValue, Response};
use serde_json::Value;

use super::cookie::Stage;
use super::ending::Ending;
use super::errand::{Errand, Ticket, has_passed, seconds};
use super::failure::{Failure, too_long};
use super::flow::{Confirming, Finish, SigningIn};
use super::login::{CONNECT_SCOPE, Prompt, random_text};
use super::page;
use super::path::Page;
use super::query::{has, one};
use super::shared::{Shared, TICKET};

impl Shared {
    /// Sends the person who has opened the link to the login. Nothing happens for the caller yet.
    pub(super) fn start(&self, query: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        let ticket = one(query, "ticket").and_then(|ticket| self.open::<Ticket>(TICKET, &ticket));
        let ticket = ticket.ok_or(Ending::Invalid)?;
        if has_passed(ticket.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        let prompt = if one(query, AGAIN).is_some() { Prompt::Always } else { Prompt::IfNeeded };
        let flow = self.new_flow(ticket).ok_or(Failure::labelled("random"))?;
        let cookie = self.cookie_of(&flow).ok_or_else(too_long)?;
        let url = self.login.authorization_url(&flow, &self.url(Page::SignedIn), prompt);
        let mut redirect = page::redirect(&url, cookie).ok_or_else(too_long)?;
        self.remove_others(&mut redirect, &flow.state, headers);
        Ok(redirect)
    }

    /// Returns whether the flow of a ticket fits into a cookie. `None` without random numbers.
    pub(super) fn fits(&self, ticket: &Ticket) -> Option<bool> {
        let flow = self.new_flow(ticket.clone())?;
        Some(self.cookie_of(&flow).is_some())
    }

    /// Makes the flow of a ticket. `None` without random numbers.
    fn new_flow(&self, ticket: Ticket) -> Option<SigningIn> {
        let random = || random_text().map(String::into_boxed_str);
        let expires_at = seconds(self.clock.now()).saturating_add(self.ticket_lifetime.as_secs());
        Some(SigningIn { expires_at, nonce: random()?, state: random()?, ticket, verifier: random()? })
    }

    fn cookie_of(&self, flow: &SigningIn) -> Option<HeaderValue> {
        let sealed = self.seal(SigningIn::PURPOSE, flow)?;
        self.set_cookie(&flow.state, Stage::Brief, &sealed, self.ticket_lifetime.as_secs())
    }

    /// Compares who has logged in with the caller, and begins what the ticket says.
    pub(super) async fn signed_in(
        &self,
        query: &str,
        state: &str,
        headers: &HeaderMap,
    ) -> Result<Response<String>, Ending> {
        let sealed = self.read_cookie(state, headers).ok_or(Ending::NoFlow)?;
        let flow = self.open::<SigningIn>(SigningIn::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        // RFC 6749 §10.12. The state first: another site could send the browser here with an error of its own.
        verify_slices_are_equal(state.as_bytes(), flow.state.as_bytes()).map_err(|_| Ending::NoFlow)?;
        if has_passed(flow.expires_at.min(flow.ticket.expires_at), self.clock.now()) {
            return Err(Ending::Expired);
        }
        // RFC 9207 §2.4: an answer of another tenant is not used, an error neither. Without the parameter, nothing is known.
        if has(query, "iss") && one(query, "iss").as_deref() != Some(self.login.issuer()) {
            return Err(Ending::NoFlow);
        }
        match one(query, "error").as_deref() {
            None => {}
            Some("access_denied") => return Err(Ending::Denied),
            Some(code) => return Err(Failure::rejected_login(code).into()),
        }
        let code = one(query, "code").ok_or(Ending::NoFlow)?;
        self.use_log_in(&flow.ticket, &flow.state, flow.expires_at).await?;
        let (person, tokens) = self.login.person(&flow, &code, &self.url(Page::SignedIn)).await?;
        if !flow.ticket.is_for(&person) {
            let again = self.start_url(&flow.ticket).map(|url| format!("{url}&{AGAIN}=1"));
            return Err(Ending::NotTheCaller { again });
        }
        match &flow.ticket.errand {
            Errand::SignIn(asked) if !asked.is_satisfied_by(&person, self.clock.now()) => Err(Ending::NotEnough),
            Errand::SignIn(asked) => {
                // What the answer does not state is what `/authorize` asked for.
                let scopes: Vec<&str> = asked.scopes.iter().map(|scope| &**scope).collect();
                let is_granted = tokens.scope().is_none() || tokens.require_scopes(&scopes).is_ok();
                if !is_granted || !may_be_for(tokens.access_token(), &asked.audience) {
                    return Err(Ending::NotEnough);
                }
                self.use_up(&flow.ticket).await?;
                Ok(self.finish(state, Finish::SignedIn))
            }
            Errand::Connect { .. } => {
                // RFC 6749 §5.1: without `scope` in the answer, everything was granted that `/authorize` asked for.
                if tokens.scope().is_some()
                    && let Err(error) = tokens.require_scopes(&[CONNECT_SCOPE])
                {
                    return Err(Failure::of(&error.into()).with_hint(SCOPE_HINT).into());
                }
                self.begin_question(flow, &person, tokens.access_token(), headers)
            }
        }
    }

    /// Keeps the login in the cookie, and sends the browser to the question.
    fn begin_question(
        &self,
        flow: SigningIn,
        person: &VerifiedToken,
        token: &IssuedToken,
        headers: &HeaderMap,
    ) -> Result<Response<String>, Ending> {
        // A person who signs up with the address of somebody else has not verified it. A connection of an enterprise can also
        // call any address verified, so the page shows the id beside it.
        let is_verified = person.claims().get("email_verified").and_then(Value::as_bool) == Some(true);
        let email = person.claims().get("email").and_then(Value::as_str).filter(|_| is_verified);
        let organization = person.organization().map(|organization| organization.id.into());
        let SigningIn { state, ticket, .. } = flow;
        let lifetime = ticket.expires_at.saturating_sub(seconds(self.clock.now()));
        let email = email.map(Into::into);
        let confirming = Confirming { email, organization, state, ticket, token: token.expose().into() };
        let sealed = self.seal(Confirming::PURPOSE, &confirming).ok_or_else(too_long)?;
        let cookie = self.set_cookie(&confirming.state, Stage::Lasting, &sealed, lifetime).ok_or_else(too_long)?;
        let url = self.url_of_flow(Page::Confirm, &confirming.state);
        let mut redirect = page::redirect(&url, cookie).ok_or_else(too_long)?;
        self.remove_others(&mut redirect, &confirming.state, headers);
        Ok(redirect)
    }
}

/// Returns whether a token may be for this API. An opaque token does not say for which one it is. This server is not the API,
/// so it reads the claim without a check of the signature; the tenant sent the token.
fn may_be_for(token: &IssuedToken, audience: &str) -> bool {
    let payload = token.expose().split('.').nth(1).and_then(|payload| BASE64URL.decode_to_vec(payload).ok());
    let claims = payload.and_then(|payload| serde_json::from_slice::<Value>(&payload).ok());
    match claims.as_ref().and_then(|claims| claims.get("aud")) {
        Some(Value::Array(audiences)) => audiences.iter().any(|one| one == audience),
        Some(one) => one == audience,
        None => true,
    }
}

/// The parameter that asks for another login.
const AGAIN: &str = "again";
const SCOPE_HINT: &str = "grant create:me:connected_accounts of the My Account API to the application for logins";
