//! The three steps of a flow, each a request of the browser.

use auth0_api_core::connected_accounts::{Connect, PendingConnection, UserToken};
use auth0_api_core::dpop::{Insertion, ProofId};
use auth0_api_core::exchange::IssuedToken;
use auth0_api_core::jose::Thumbprint;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use http::{HeaderMap, Response};

use super::ending::{Ending, Failure};
use super::errand::{Errand, Ticket, has_passed, seconds};
use super::flow::{Connecting, SigningIn};
use super::login::{CONNECT_SCOPE, Prompt, random_text};
use super::page;
use super::shared::{CONNECTED, SIGNED_IN, Shared, TICKET};

/// Which page the browser asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// The link of the elicitation.
    Start,
    /// The callback of the log-in.
    SignedIn,
    /// The callback of Connect Accounts.
    Connected,
}

impl Shared {
    /// Takes a step, and returns the redirect to the next one or the last page.
    pub(super) async fn take(&self, step: Step, query: &str, headers: &HeaderMap) -> Response<String> {
        let taken = if query.len() > LONGEST_QUERY {
            Err(Ending::Invalid)
        } else {
            match step {
                Step::Start => self.start(query),
                Step::SignedIn => self.signed_in(query, headers).await,
                Step::Connected => self.connected(query, headers).await,
            }
        };
        taken.unwrap_or_else(|ending| page::show(self, &ending))
    }

    /// Sends whoever has opened the link to the log-in. Nothing happens for the caller yet.
    fn start(&self, query: &str) -> Result<Response<String>, Ending> {
        let ticket = one(query, "ticket").and_then(|ticket| self.key.open::<Ticket>(TICKET, &ticket));
        let ticket = ticket.ok_or(Ending::Invalid)?;
        if has_passed(ticket.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        let prompt = if one(query, AGAIN).is_some() { Prompt::Always } else { Prompt::IfNeeded };
        let random = || random_text().map(String::into_boxed_str).ok_or(Failure::labelled("random"));
        let lifetime = self.ticket_lifetime.as_secs();
        let flow = SigningIn {
            expires_at: seconds(self.clock.now()).saturating_add(lifetime),
            nonce: random()?,
            state: random()?,
            ticket,
            verifier: random()?,
        };
        let url = self.login.authorization_url(&flow, &self.base.url(SIGNED_IN), prompt);
        let cookie = self.key.seal(SigningIn::PURPOSE, &flow).and_then(|sealed| self.set_cookie(&sealed, lifetime));
        cookie.and_then(|cookie| page::redirect(&url, cookie)).ok_or_else(too_long)
    }

    /// Compares who has logged in with the caller, and begins what the ticket says.
    async fn signed_in(&self, query: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        let sealed = self.read_cookie(headers).ok_or(Ending::NoFlow)?;
        let flow = self.key.open::<SigningIn>(SigningIn::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        // RFC 6749 §10.12. The state first: another site could send the browser here with an error of its own.
        let state = one(query, "state").unwrap_or_default();
        verify_slices_are_equal(state.as_bytes(), flow.state.as_bytes()).map_err(|_| Ending::NoFlow)?;
        if has_passed(flow.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        // RFC 9207 §2.4: an answer of another tenant is not used, an error neither. Without the parameter, nothing is known.
        if query_has(query, "iss") && one(query, "iss").as_deref() != Some(self.login.issuer()) {
            return Err(Ending::NoFlow);
        }
        if one(query, "error").is_some() {
            return Err(Ending::Denied);
        }
        let code = one(query, "code").ok_or(Ending::NoFlow)?;
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
            Errand::Connect { connection, scopes } => {
                if let Err(error) = tokens.require_scopes(&[CONNECT_SCOPE]) {
                    return Err(Failure::of(&error.into()).with_hint(SCOPE_HINT).into());
                }
                self.use_up(&flow.ticket).await?;
                self.begin(connection, scopes, tokens.access_token()).await
            }
        }
    }

    /// Begins Connect Accounts, and sends the browser to the provider.
    async fn begin(
        &self,
        connection: &str,
        scopes: &[Box<str>],
        token: &IssuedToken,
    ) -> Result<Response<String>, Ending> {
        let asked = Connect::new(connection, self.base.url(CONNECTED)).scopes(scopes.iter().cloned());
        let pending = self.login.accounts.connect(&UserToken::bearer(token), asked).await?;
        let flow = Connecting {
            connection: connection.into(),
            expires_at: seconds(pending.expires_at()),
            pending: pending.to_session().into(),
            token: token.expose().into(),
        };
        let lifetime = flow.expires_at.saturating_sub(seconds(self.clock.now()));
        let cookie = self.key.seal(Connecting::PURPOSE, &flow).and_then(|sealed| self.set_cookie(&sealed, lifetime));
        cookie.and_then(|cookie| page::redirect(pending.url(), cookie)).ok_or_else(too_long)
    }

    /// Completes the connection.
    async fn connected(&self, query: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        let sealed = self.read_cookie(headers).ok_or(Ending::NoFlow)?;
        let flow = self.key.open::<Connecting>(Connecting::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        let pending = PendingConnection::from_session(&flow.pending)?;
        let token = IssuedToken::new(flow.token).ok_or(Ending::NoFlow)?;
        self.login.accounts.complete(&UserToken::bearer(&token), pending, query).await?;
        Err(Ending::Connected { connection: flow.connection })
    }

    /// Records that the ticket is used. Only the first of two uses succeeds.
    async fn use_up(&self, ticket: &Ticket) -> Result<(), Ending> {
        let now = self.clock.now();
        if has_passed(ticket.expires_at, now) {
            return Err(Ending::Expired);
        }
        // The store limits the entries of each key. Here a key is a person, so nobody fills the store alone.
        let person = format!("ticket of {} {}", ticket.issuer, ticket.subject);
        let person = digest(&SHA256, person.as_bytes());
        let person = person.as_ref().try_into().map(Thumbprint::from_bytes);
        let id = ProofId::new(person.map_err(|_| Failure::labelled("random"))?, &ticket.id);
        // The store may forget the ticket when it cannot be opened any more.
        match self.used.insert(&id, now, now + self.ticket_lifetime).await {
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

/// The parameter that asks for another log-in.
const AGAIN: &str = "again";
/// The length that most servers accept for a URL.
const LONGEST_QUERY: usize = 8 * 1024;
const SCOPE_HINT: &str = "grant create:me:connected_accounts of the My Account API to the application for log-ins";
const STORE_HINT: &str = "check the store of used tickets: without it, no ticket is accepted";
const COOKIE_HINT: &str = "the flow must fit into a cookie of 4 KiB: remove large claims from the access token for the My \
                           Account API";
