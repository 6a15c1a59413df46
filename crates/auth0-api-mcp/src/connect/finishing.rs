//! The callback of Connect Accounts, and the page that says what has happened.

use auth0_api_core::connected_accounts::{PendingConnection, UserToken};
use auth0_api_core::exchange::IssuedToken;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::{HeaderMap, Response};

use super::cookie::Stage;
use super::ending::Ending;
use super::errand::{has_passed, seconds};
use super::flow::{Connecting, Finish, Finished};
use super::page;
use super::path::Page;
use super::query::has;
use super::shared::Shared;

impl Shared {
    /// Completes the connection.
    pub(super) async fn connected(
        &self,
        query: &str,
        state: &str,
        headers: &HeaderMap,
    ) -> Result<Response<String>, Ending> {
        let sealed = self.read_cookie(state, headers).ok_or(Ending::NoFlow)?;
        let flow = self.open::<Connecting>(Connecting::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        let pending = PendingConnection::from_session(&flow.pending).map_err(|_| Ending::NoFlow)?;
        verify_slices_are_equal(state.as_bytes(), pending.state().as_bytes()).map_err(|_| Ending::NoFlow)?;
        if self.clock.now() >= pending.expires_at() {
            return Err(Ending::Expired);
        }
        if !has(query, "connect_code") && !has(query, "error") {
            return Err(Ending::NoFlow);
        }
        let token = IssuedToken::new(flow.token).ok_or(Ending::NoFlow)?;
        // A browser can send a cookie again: the second time, the account may be connected already.
        self.use_connection(&flow.owner, state, seconds(pending.expires_at())).await?;
        let account = self.login.accounts.complete(&UserToken::bearer(&token), pending, query).await?;
        let Connecting { connection, mut scopes, .. } = flow;
        // Without names in the answer, nothing is known to be missing.
        let is_stated = account.scopes().next().is_some();
        scopes.retain(|asked| is_stated && account.scopes().all(|granted| granted != &**asked));
        Ok(self.finish(state, Finish::Connected { connection, missing: scopes }))
    }

    /// Ends a flow. The browser keeps what has happened, so that the person can reload the page that says so.
    pub(super) fn finish(&self, state: &str, finish: Finish) -> Response<String> {
        Ending::from(finish.clone()).log(&self.events);
        self.to_done(state, &finish).unwrap_or_else(|| page::of(self, &finish.into(), Some(state)))
    }

    /// Returns the redirect to the last page. `None` if the names of the scopes fit into no cookie.
    fn to_done(&self, state: &str, finish: &Finish) -> Option<Response<String>> {
        let lifetime = self.ticket_lifetime.as_secs();
        let expires_at = seconds(self.clock.now()).saturating_add(lifetime);
        let finished = Finished { expires_at, finish: finish.clone(), state: state.into() };
        let sealed = self.seal(Finished::PURPOSE, &finished)?;
        let cookie = self.set_cookie(state, Stage::Brief, &sealed, lifetime)?;
        page::redirect(&self.url_of_flow(Page::Done, state), cookie)
    }

    /// Says what has happened, each time the browser asks.
    pub(super) fn done(&self, state: &str, headers: &HeaderMap) -> Result<Response<String>, Ending> {
        let sealed = self.read_cookie(state, headers).ok_or(Ending::NoFlow)?;
        let finished = self.open::<Finished>(Finished::PURPOSE, sealed).ok_or(Ending::NoFlow)?;
        verify_slices_are_equal(state.as_bytes(), finished.state.as_bytes()).map_err(|_| Ending::NoFlow)?;
        if has_passed(finished.expires_at, self.clock.now()) {
            return Err(Ending::Expired);
        }
        Ok(page::of(self, &finished.finish.into(), None))
    }
}
