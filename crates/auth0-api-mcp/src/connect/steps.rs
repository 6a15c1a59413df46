//! The four steps of a flow, each a request of the browser.

use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::VerifiedToken;
use auth0_api_core::connected_accounts::{Connect, PendingConnection, UserToken};
use auth0_api_core::dpop::{Insertion, ProofId};
use auth0_api_core::exchange::IssuedToken;
use auth0_api_core::jose::Thumbprint;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Response};
use serde_json::Value;

use super::ending::{Ending, Failure};
use super::errand::{Errand, Ticket, has_passed, seconds};
use super::flow::{Confirming, Connecting, SigningIn};
use super::login::{CONNECT_SCOPE, Prompt, random_text};
use super::page::{self, Question};
use super::shared::{CONFIRM, CONNECTED, SIGNED_IN, Shared, TICKET};
use crate::shared_key::joined;

/// Which page the browser asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// The link of the elicitation.
    Start,
    /// The callback of the log-in.
    SignedIn,
    /// The answer of the person.
    Confirm,
    /// The callback of Connect Accounts.
    Connected,
}

impl Shared {
    /// Takes a step, and returns the redirect to the next one or the last page.
    pub(super) async fn take(&self, step: Step, query: &str, headers: &HeaderMap) -> Response<String> {
        if query.len() > LONGEST_QUERY {
            return page::show(self, &Ending::Invalid, None);
        }
        let state = one(query, "state");
        let taken = match (step, &state) {
            (Step::Start, _) => self.start(query, headers),
            (Step::SignedIn, Some(state)) => self.signed_in(query, state, headers).await,
            (Step::Confirm, Some(state)) => self.confirmed(state, headers).await,
            (Step::Connected, Some(state)) => self.connected(query, state, headers).await,
            (Step::SignedIn | Step::Confirm | Step::Connected, None) => Err(Ending::NoFlow),
        };
        taken.unwrap_or_else(|ending| page::show(self, &ending, state.as_deref()))
    }

    /// Sends the person who has opened the link to the log-in. Nothing happens for the caller yet.
    fn start(&self, query: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        let ticket = one(query, "ticket").and_then(|ticket| self.key.open::<Ticket>(TICKET, &ticket));
        let ticket = ticket.ok_or(Ending::Invalid)?;
        if has_passed(ticket.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        let prompt = if one(query, AGAIN).is_some() { Prompt::Always } else { Prompt::IfNeeded };
        let flow = self.new_flow(ticket).ok_or(Failure::labelled("random"))?;
        let cookie = self.cookie_of(&flow).ok_or_else(too_long)?;
        let url = self.login.authorization_url(&flow, &self.base.url(SIGNED_IN), prompt);
        let mut redirect = page::redirect(&url, cookie).ok_or_else(too_long)?;
        for removal in self.remove_earlier(headers) {
            redirect.headers_mut().append(SET_COOKIE, removal);
        }
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
        let sealed = self.key.seal(SigningIn::PURPOSE, flow)?;
        self.set_cookie(&flow.state, &sealed, self.ticket_lifetime.as_secs())
    }

    /// Compares who has logged in with the caller, and begins what the ticket says.
    async fn signed_in(&self, query: &str, state: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        let sealed = self.read_cookie(state, headers).ok_or(Ending::NoFlow)?;
        let flow = self.key.open::<SigningIn>(SigningIn::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        // RFC 6749 §10.12. The state first: another site could send the browser here with an error of its own.
        verify_slices_are_equal(state.as_bytes(), flow.state.as_bytes()).map_err(|_| Ending::NoFlow)?;
        if has_passed(flow.expires_at.min(flow.ticket.expires_at), self.clock.now()) {
            return Err(Ending::Expired);
        }
        // RFC 9207 §2.4: an answer of another tenant is not used, an error neither. Without the parameter, nothing is known.
        if query_has(query, "iss") && one(query, "iss").as_deref() != Some(self.login.issuer()) {
            return Err(Ending::NoFlow);
        }
        match one(query, "error").as_deref() {
            None => {}
            Some("access_denied") => return Err(Ending::Denied),
            Some(code) => return Err(Failure::rejected_login(code).into()),
        }
        let code = one(query, "code").ok_or(Ending::NoFlow)?;
        // A browser can send a cookie again. Each token request needs a log-in of its own.
        let owner = ["log-in of", &flow.ticket.issuer, &flow.ticket.subject];
        self.use_once(&owner, &flow.state, flow.expires_at).await?;
        let (person, tokens) = self.login.person(&flow, &code, &self.base.url(SIGNED_IN)).await?;
        if !flow.ticket.is_for(&person) {
            let again = self.start_url(&flow.ticket).map(|url| format!("{url}&{AGAIN}=1"));
            return Err(Ending::NotTheCaller { again });
        }
        match &flow.ticket.errand {
            Errand::SignIn(asked) if !asked.is_satisfied_by(&person, self.clock.now()) => Err(Ending::NotEnough),
            Errand::SignIn(_) => {
                self.use_up(&flow.ticket).await?;
                Err(Ending::SignedIn)
            }
            Errand::Connect { connection, .. } => {
                // RFC 6749 §5.1: without `scope` in the answer, everything was granted that `/authorize` asked for.
                if tokens.scope().is_some()
                    && let Err(error) = tokens.require_scopes(&[CONNECT_SCOPE])
                {
                    return Err(Failure::of(&error.into()).with_hint(SCOPE_HINT).into());
                }
                self.ask(&flow, connection, &person, tokens.access_token())
            }
        }
    }

    /// Asks the person before anything happens. Another site could have logged this browser in as the attacker, whom the
    /// person would then give the account.
    fn ask(
        &self,
        flow: &SigningIn,
        connection: &str,
        person: &VerifiedToken,
        token: &IssuedToken,
    ) -> Result<Response<String>, Ending> {
        let expires_at = flow.ticket.expires_at;
        let (state, ticket) = (flow.state.clone(), flow.ticket.clone());
        let confirming = Confirming { expires_at, state, ticket, token: token.expose().into() };
        let sealed = self.key.seal(Confirming::PURPOSE, &confirming).ok_or_else(too_long)?;
        let lifetime = expires_at.saturating_sub(seconds(self.clock.now()));
        let cookie = self.set_cookie(&flow.state, &sealed, lifetime).ok_or_else(too_long)?;
        // A person who signs up with the address of somebody else has not verified it: only the id says who that is.
        let is_verified = person.claims().get("email_verified").and_then(Value::as_bool) == Some(true);
        let email = person.claims().get("email").and_then(Value::as_str).filter(|_| is_verified);
        let question = Question {
            connection,
            person: email.or(person.subject()).unwrap_or_default(),
            client: flow.ticket.client_id.as_deref().unwrap_or_default(),
            action: &format!("{}?state={}", self.base.path(CONFIRM), flow.state),
        };
        Ok(page::ask(&question, cookie))
    }

    /// Continues for a person who has confirmed.
    async fn confirmed(&self, state: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        // `SameSite=Lax` keeps the cookie from forms of other sites. Browsers also say where a form comes from.
        let site = headers.get("sec-fetch-site");
        let is_own_page = site.is_none_or(|site| site == "same-origin");
        let sealed = self.read_cookie(state, headers).filter(|_| is_own_page).ok_or(Ending::NoFlow)?;
        let flow = self.key.open::<Confirming>(Confirming::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        verify_slices_are_equal(state.as_bytes(), flow.state.as_bytes()).map_err(|_| Ending::NoFlow)?;
        if has_passed(flow.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        let Errand::Connect { connection, scopes } = &flow.ticket.errand else { return Err(Ending::NoFlow) };
        let token = IssuedToken::new(flow.token).ok_or(Ending::NoFlow)?;
        // A browser can send a cookie again. Each request to the tenant needs a log-in of its own.
        let owner = ["confirmation of", &flow.ticket.issuer, &flow.ticket.subject];
        self.use_once(&owner, state, flow.expires_at).await.map_err(Ending::of_repeated_confirmation)?;
        let next = self.begin(connection, scopes, &token, state).await?;
        // After everything that can fail: a person whose flow failed can open the link again.
        self.use_up(&flow.ticket).await?;
        Ok(next)
    }

    /// Begins Connect Accounts, and sends the browser to the provider.
    async fn begin(
        &self,
        connection: &str,
        scopes: &[Box<str>],
        token: &IssuedToken,
        state_before: &str,
    ) -> Result<Response<String>, Ending> {
        let asked = Connect::new(connection, self.base.url(CONNECTED)).scopes(scopes.iter().cloned());
        let pending = self.login.accounts.connect(&UserToken::bearer(token), asked).await;
        // A flow that was begun and is not continued connects nothing.
        let pending = pending.map_err(|error| Failure::of_connect(&error))?;
        let flow = Connecting {
            connection: connection.into(),
            expires_at: seconds(pending.expires_at()),
            pending: pending.to_session().into(),
            token: token.expose().into(),
        };
        let lifetime = flow.expires_at.saturating_sub(seconds(self.clock.now()));
        let sealed = self.key.seal(Connecting::PURPOSE, &flow).ok_or_else(too_long)?;
        let cookie = self.set_cookie(pending.state(), &sealed, lifetime).ok_or_else(too_long)?;
        let mut next = page::go_on(pending.url(), cookie);
        if let Some(removal) = self.remove_cookie(state_before) {
            next.headers_mut().append(SET_COOKIE, removal);
        }
        Ok(next)
    }

    /// Completes the connection.
    async fn connected(&self, query: &str, state: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        let sealed = self.read_cookie(state, headers).ok_or(Ending::NoFlow)?;
        let flow = self.key.open::<Connecting>(Connecting::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        let pending = PendingConnection::from_session(&flow.pending).map_err(|_| Ending::NoFlow)?;
        let token = IssuedToken::new(flow.token).ok_or(Ending::NoFlow)?;
        self.login.accounts.complete(&UserToken::bearer(&token), pending, query).await?;
        Err(Ending::Connected { connection: flow.connection })
    }

    /// Records that the ticket is used.
    async fn use_up(&self, ticket: &Ticket) -> Result<(), Ending> {
        if has_passed(ticket.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        self.use_once(&["ticket of", &ticket.issuer, &ticket.subject], &ticket.id, ticket.expires_at).await
    }

    /// Records that something is used. Only the first of two uses succeeds. The store limits the entries of each owner, so
    /// one person alone does not fill it.
    async fn use_once(&self, owner: &[&str], id: &str, expires_at: u64) -> Result<(), Ending> {
        let digested = digest(&SHA256, &joined(owner));
        let owner = digested.as_ref().try_into().map(Thumbprint::from_bytes);
        let id = ProofId::new(owner.map_err(|_| Failure::labelled("random"))?, id);
        // The store may forget it when it is accepted nowhere any more, also by a clock that is a little slower.
        let until = UNIX_EPOCH.checked_add(Duration::from_secs(expires_at.saturating_add(CLOCKS_DIFFER)));
        match self.used.insert(&id, self.clock.now(), until.ok_or(Ending::Expired)?).await {
            Ok(Insertion::Fresh) => Ok(()),
            Ok(Insertion::Replayed) => Err(Ending::Used),
            Err(_) => Err(Failure::labelled("used_tickets_unavailable").with_hint(STORE_HINT).into()),
        }
    }
}

/// Returns a parameter of a query. A repeated one is none, because it is unclear which one is meant.
fn one(query: &str, name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    value.filter(|value| !value.is_empty() && values.next().is_none())
}

fn query_has(query: &str, name: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(known, _)| known == name)
}

fn too_long() -> Ending {
    Failure::labelled("cookie_too_long").with_hint(COOKIE_HINT).into()
}

/// Seconds between the clocks of two replicas.
const CLOCKS_DIFFER: u64 = 60;
/// The parameter that asks for another log-in.
const AGAIN: &str = "again";
/// The length that most servers accept for a URL.
const LONGEST_QUERY: usize = 8 * 1024;
const SCOPE_HINT: &str = "grant create:me:connected_accounts of the My Account API to the application for log-ins";
const STORE_HINT: &str = "check the store of used tickets: without it, no ticket is accepted";
const COOKIE_HINT: &str = "the flow must fit into a cookie of 4 KiB: remove large claims from the access token for the My \
                           Account API";
