//! The question to the person, and what follows the answer.

use auth0_api_core::connected_accounts::{Connect, PendingConnection, UserToken};
use auth0_api_core::exchange::IssuedToken;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::header::SET_COOKIE;
use http::{HeaderMap, Response};

use super::cookie::Stage;
use super::ending::Ending;
use super::errand::{Errand, Ticket, has_passed, seconds};
use super::failure::{Failure, too_long};
use super::flow::{Confirming, Connecting};
use super::page::{self, Question};
use super::path::Page;
use super::shared::Shared;

impl Shared {
    /// Asks the person before anything happens. Another site could have logged this browser in as the attacker, whom the
    /// person would then give the account.
    pub(super) fn ask(&self, state: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        let flow = self.confirming(state, headers)?;
        let Errand::Connect { connection, scopes } = &flow.ticket.errand else { return Err(Ending::NoFlow) };
        Ok(page::ask(&Question {
            connection,
            scopes,
            person: &flow.ticket.subject,
            email: flow.email.as_deref(),
            organization: flow.organization.as_deref(),
            client: flow.ticket.client_id.as_deref(),
            action: &format!("{}?state={state}", self.base.path(Page::Confirm.name())),
        }))
    }

    /// Continues for a person who has confirmed.
    pub(super) async fn confirmed(&self, state: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        // `SameSite=Lax` keeps the cookie from forms of other sites. Browsers also say where a form comes from.
        let site = headers.get("sec-fetch-site");
        if site.is_some_and(|site| site != "same-origin") {
            return Err(Ending::NoFlow);
        }
        let flow = self.confirming(state, headers)?;
        let Errand::Connect { connection, scopes } = &flow.ticket.errand else { return Err(Ending::NoFlow) };
        let token = IssuedToken::new(flow.token).ok_or(Ending::NoFlow)?;
        // A browser can send a cookie again. Each request to the tenant needs a confirmation of its own.
        self.use_confirmation(&flow.ticket, state).await?;
        let mut next = self.begin(&flow.ticket, connection, scopes, &token).await?;
        self.remove_others(&mut next, state, headers);
        if let Some(removal) = self.remove_cookie(state) {
            next.headers_mut().append(SET_COOKIE, removal);
        }
        // After everything that can fail: a person whose flow failed can open the link again.
        self.use_up(&flow.ticket).await?;
        Ok(next)
    }

    /// Sends the browser to the provider, from a page without a form: a redirect of the form would be held to the
    /// `form-action` of its page.
    pub(super) fn go_on(&self, state: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        let sealed = self.read_cookie(state, headers).ok_or(Ending::NoFlow)?;
        let flow = self.open::<Connecting>(Connecting::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        let pending = PendingConnection::from_session(&flow.pending).map_err(|_| Ending::NoFlow)?;
        verify_slices_are_equal(state.as_bytes(), pending.state().as_bytes()).map_err(|_| Ending::NoFlow)?;
        if self.clock.now() >= pending.expires_at() {
            return Err(Ending::Expired);
        }
        Ok(page::go_on(pending.url()))
    }

    /// Reads the flow of a person who is asked.
    fn confirming(&self, state: &str, headers: &HeaderMap) -> Result<Confirming, Ending> {
        let sealed = self.read_cookie(state, headers).ok_or(Ending::NoFlow)?;
        let flow = self.open::<Confirming>(Confirming::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        verify_slices_are_equal(state.as_bytes(), flow.state.as_bytes()).map_err(|_| Ending::NoFlow)?;
        if has_passed(flow.ticket.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        Ok(flow)
    }

    /// Begins Connect Accounts, and sends the browser on its way to the provider.
    async fn begin(
        &self,
        ticket: &Ticket,
        connection: &str,
        scopes: &[Box<str>],
        token: &IssuedToken,
    ) -> Result<Response<String>, Ending> {
        let asked = Connect::new(connection, self.url(Page::Connected)).scopes(scopes.iter().cloned());
        let pending = self.login.accounts.connect(&UserToken::bearer(token), asked).await;
        // A flow that was begun and is not continued connects nothing.
        let pending = pending.map_err(|error| Failure::of_connect(&error))?;
        let lifetime = seconds(pending.expires_at()).saturating_sub(seconds(self.clock.now()));
        let flow = Connecting {
            connection: connection.into(),
            owner: ticket.owner().into(),
            pending: pending.to_session().into(),
            scopes: scopes.into(),
            token: token.expose().into(),
        };
        let sealed = self.seal(Connecting::PURPOSE, &flow).ok_or_else(too_long)?;
        let cookie = self.set_cookie(pending.state(), Stage::Lasting, &sealed, lifetime).ok_or_else(too_long)?;
        let url = self.url_of_flow(Page::Continue, pending.state());
        Ok(page::see_other(&url, cookie).ok_or_else(too_long)?)
    }
}
