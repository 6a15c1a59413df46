//! The flow from the side of a tool, and from the side of a server.

use std::fmt;
use std::sync::Arc;

use auth0_api_core::exchange::ConnectAccount;
use auth0_api_core::{Caller, ExchangeError, VerifiedToken};
use http::{HeaderMap, Method, Response, Uri};

use super::elicitation::UrlElicitation;
use super::ending::Ending;
use super::errand::{Errand, SignIn, Ticket, seconds};
use super::error::ElicitationError;
use super::login::random_text;
use super::page;
use super::path::Page;
use super::shared::Shared;

/// Lets people connect accounts and log in, at pages of this server. See the [module](crate::connect).
///
/// Build it once with [`builder`](Self::builder), and clone it freely.
#[derive(Clone)]
pub struct ConnectAccounts(pub(super) Arc<Shared>);

impl ConnectAccounts {
    /// Returns the URL at which the caller can connect the account that an exchange lacked.
    ///
    /// # Errors
    ///
    /// [`ElicitationError`] if the caller is no person of the tenant.
    pub fn connect(
        &self,
        caller: &VerifiedToken,
        account: &ConnectAccount,
    ) -> Result<UrlElicitation, ElicitationError> {
        let message = format!("Connect your account at {} to continue.", account.connection());
        self.elicit(caller, account.into(), message)
    }

    /// Returns the URL at which the caller can connect the account, if the error of an exchange says that this helps. `None`
    /// if the error is of another kind.
    ///
    /// # Errors
    ///
    /// [`ElicitationError`] if the caller is no person of the tenant.
    pub fn for_error(
        &self,
        caller: &VerifiedToken,
        error: &ExchangeError,
    ) -> Result<Option<UrlElicitation>, ElicitationError> {
        let ExchangeError::Server(rejection) = error else { return Ok(None) };
        rejection.connect_account().map(|account| self.connect(caller, account)).transpose()
    }

    /// Returns the URL at which the caller can log in, for a consent or with a certain strength.
    ///
    /// # Errors
    ///
    /// [`ElicitationError`] if the caller is no person of the tenant.
    pub fn sign_in(&self, caller: &VerifiedToken, asked: SignIn) -> Result<UrlElicitation, ElicitationError> {
        self.elicit(caller, Errand::SignIn(asked), "Log in again to continue.".to_owned())
    }

    /// The callback URLs that the application in the tenant needs.
    pub fn callback_urls(&self) -> [String; 2] {
        [self.0.url(Page::SignedIn), self.0.url(Page::Connected)]
    }

    /// The paths of the pages, for a server that routes by path.
    pub fn paths(&self) -> [String; 6] {
        Page::ALL.map(|page| self.0.base.path(page.name()))
    }

    /// Answers a request for one of the pages. Returns `None` if the path is not that of a page.
    pub async fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response<String>> {
        Some(match self.page(uri.path())?.step(method) {
            Ok(step) => self.0.take(step, uri.query().unwrap_or_default(), headers).await,
            Err(allowed) => page::show(&self.0, &Ending::Method { allowed }, None),
        })
    }

    pub(super) fn page(&self, path: &str) -> Option<Page> {
        Page::ALL.into_iter().find(|page| self.0.base.path(page.name()) == path)
    }

    fn elicit(
        &self,
        caller: &VerifiedToken,
        errand: Errand,
        message: String,
    ) -> Result<UrlElicitation, ElicitationError> {
        self.link(caller, errand, message).inspect_err(|error| {
            let (label, hint) = (error.label(), error.hint());
            tracing::warn!(
                name: "elicitation_impossible", target: "auth0_api", event = "elicitation_impossible",
                error.type = label, hint
            );
        })
    }

    fn link(
        &self,
        caller: &VerifiedToken,
        errand: Errand,
        message: String,
    ) -> Result<UrlElicitation, ElicitationError> {
        // An unknown caller may be a person whose id the tenant did not make. Nobody else can log in as the subject.
        let is_person = matches!(caller.caller(), Caller::User | Caller::Unknown);
        let subject = caller.subject().filter(|_| is_person).ok_or(ElicitationError::NotAPerson)?;
        if caller.issuer() != self.0.login.issuer() {
            return Err(ElicitationError::OtherIssuer);
        }
        let id = random_text().ok_or(ElicitationError::Random)?;
        let ticket = Ticket {
            id: id.as_str().into(),
            client_id: caller.client_id().map(Into::into),
            issuer: caller.issuer().into(),
            organization: caller.organization().map(|organization| organization.id.into()),
            subject: subject.into(),
            expires_at: seconds(self.0.clock.now() + self.0.ticket_lifetime),
            errand,
        };
        // A link that fails when the person opens it is useless.
        if !self.0.fits(&ticket).ok_or(ElicitationError::Random)? {
            return Err(ElicitationError::TooLong);
        }
        let url = self.0.start_url(&ticket).ok_or(ElicitationError::Random)?;
        Ok(UrlElicitation::new(id, url, message))
    }
}

impl fmt::Debug for ConnectAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectAccounts").field("base_url", &self.0.base).finish_non_exhaustive()
    }
}
