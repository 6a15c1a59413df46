//! The client of the My Account API: its calls, with their metrics and events.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::sender::{Repetition, Sender};
use super::{
    AccountPage, AccountQuery, Connect, ConnectError, ConnectedAccount, ConnectionPage, ConnectionQuery,
    PendingConnection, UserToken,
};
use crate::clock::Clock;
use crate::exchange::LatestNonce;
use crate::http::{HttpClient, HttpMethod, HttpResponse};
use crate::jose::Object;
use crate::meter;
use crate::with_sources::WithSources;

/// Connects, lists and removes the accounts of users, at the domain at which an [`ApiClient`](crate::ApiClient) exchanges
/// tokens.
///
/// Get one with [`ApiClient::connected_accounts`](crate::ApiClient::connected_accounts), and keep it: it remembers the
/// tenant's nonce. See the [module](crate::connected_accounts) for the flow.
#[derive(Debug)]
pub struct MyAccountClient {
    issuer: Box<str>,
    pub(super) sender: Sender,
}

impl MyAccountClient {
    pub(crate) fn new(issuer: &str, http: Arc<dyn HttpClient>, clock: Arc<dyn Clock>) -> Self {
        Self { issuer: issuer.into(), sender: Sender { clock, http, nonce: LatestNonce::default() } }
    }

    /// The identifier of the tenant's My Account API: the audience of a [`UserToken`].
    pub fn audience(&self) -> String {
        format!("{}me/", self.issuer)
    }

    /// Begins to connect an account. The user then opens [`PendingConnection::url`].
    ///
    /// The client makes `state` and a PKCE verifier ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)). The token needs
    /// the scope `create:me:connected_accounts`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`].
    pub async fn connect(&self, user: &UserToken, asked: Connect) -> Result<PendingConnection, ConnectError> {
        observed("connect", self.begin(user, asked).await)
    }

    /// Completes a flow, with the query of the redirect (or its whole URL). From now on, Token Vault has tokens of the
    /// account.
    ///
    /// The `state` of the query must be that of the flow. The token must be of the user who began the flow, and needs the
    /// scope `create:me:connected_accounts`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]: among others `State`, `Denied` and `Expired`; then nothing was sent.
    pub async fn complete(
        &self,
        user: &UserToken,
        pending: PendingConnection,
        query: &str,
    ) -> Result<ConnectedAccount, ConnectError> {
        observed("complete", self.finish(user, &pending, query).await)
    }

    /// Lists connected accounts of the user, one page. The token needs the scope `read:me:connected_accounts`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`].
    pub async fn list(&self, user: &UserToken, query: &AccountQuery) -> Result<AccountPage, ConnectError> {
        observed("list", self.page(user, "accounts", query.paging.pairs(query.connection.as_deref())).await)
    }

    /// Lists the connections of which the user can connect accounts, one page. The token needs the scope
    /// `read:me:connected_accounts`.
    ///
    /// ```no_run
    /// use auth0_api_core::connected_accounts::{
    ///     ConnectError, ConnectionQuery, MyAccountClient, UserToken,
    /// };
    ///
    /// /// Returns the names of all connections.
    /// async fn names(
    ///     accounts: &MyAccountClient,
    ///     user: &UserToken,
    /// ) -> Result<Vec<String>, ConnectError> {
    ///     let (mut names, mut query) = (Vec::new(), ConnectionQuery::new().take(20));
    ///     // At most so many pages, whatever the tenant answers.
    ///     for _page in 0..50 {
    ///         let page = accounts.connections(user, &query).await?;
    ///         names.extend(
    ///             page.connections().iter().map(|connection| connection.name().to_owned()),
    ///         );
    ///         let Some(next) = page.next() else { break };
    ///         query = query.from(next);
    ///     }
    ///     Ok(names)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ConnectError`].
    pub async fn connections(&self, user: &UserToken, query: &ConnectionQuery) -> Result<ConnectionPage, ConnectError> {
        observed("connections", self.page(user, "connections", query.0.pairs(None)).await)
    }

    /// Removes a connected account. Token Vault then has no token of it. The token needs the scope
    /// `delete:me:connected_accounts`.
    ///
    /// A token that an [`ApiClient`](crate::ApiClient) has in its cache stays usable until it expires, or until
    /// [`invalidate`](crate::ApiClient::invalidate).
    ///
    /// # Errors
    ///
    /// [`ConnectError`]: `NotFound` if the user has no account with this id.
    pub async fn delete(&self, user: &UserToken, id: &str) -> Result<(), ConnectError> {
        observed("delete", self.remove(user, id).await)
    }

    async fn remove(&self, user: &UserToken, id: &str) -> Result<(), ConnectError> {
        // An id with a slash or a dot could name another endpoint.
        let is_id = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-');
        if !(1..=LONGEST_ID).contains(&id.len()) || !id.bytes().all(is_id) {
            return Err(ConnectError::Input { parameter: "id" });
        }
        let url = format!("{}/{id}", self.url("accounts"));
        self.sender.send(user, HttpMethod::Delete, &url, None, Repetition::Never).await.map(drop)
    }

    /// Gets one page of a list.
    async fn page<P: DeserializeOwned>(
        &self,
        user: &UserToken,
        list: &'static str,
        pairs: Result<String, ConnectError>,
    ) -> Result<P, ConnectError> {
        let pairs = pairs?;
        let separator = if pairs.is_empty() { "" } else { "?" };
        let url = format!("{}{separator}{pairs}", self.url(list));
        parsed(&self.sender.send(user, HttpMethod::Get, &url, None, Repetition::Harmless).await?, list)
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}me/v1/connected-accounts/{path}", self.issuer)
    }
}

/// Counts and logs a call. Neither the user nor the account is included.
///
/// The user and their browser can cause some errors at any rate. So these are logged only for a search: if the handler
/// returns one, the event `request_rejected` tells the operator about it.
fn observed<T>(call: &'static str, outcome: Result<T, ConnectError>) -> Result<T, ConnectError> {
    match &outcome {
        Ok(_) => {
            meter::accounts_requested("answered");
            tracing::debug!(
                name: "connected_accounts_answered", target: "auth0_api", event = "connected_accounts_answered",
                call
            );
        }
        Err(error) => {
            let (label, hint, reason) = (error.label(), error.hint(), WithSources(error));
            meter::accounts_requested(label);
            if error.is_of_user() {
                tracing::debug!(
                    name: "connected_accounts_denied", target: "auth0_api", event = "connected_accounts_denied",
                    call, error.type = label
                );
            } else {
                tracing::warn!(
                    name: "connected_accounts_failed", target: "auth0_api", event = "connected_accounts_failed",
                    call, error.type = label, hint, %reason
                );
            }
        }
    }
    outcome
}

/// Reads the JSON of an answer strictly: a repeated member is an error.
pub(super) fn parsed<T: DeserializeOwned>(answer: &HttpResponse, member: &'static str) -> Result<T, ConnectError> {
    let is_object = Object::parse(answer.body.clone()).is_ok();
    let value = if is_object { serde_json::from_slice(&answer.body).ok() } else { None };
    value.ok_or(ConnectError::Response { member })
}

/// An id has about 20 characters.
const LONGEST_ID: usize = 128;

#[cfg(all(test, feature = "metrics"))]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::future::ready;
    use std::sync::{Mutex, PoisonError};

    use super::*;
    use crate::clock::SystemClock;
    use crate::exchange::IssuedToken;
    use crate::http::{HttpFuture, HttpRequest};
    use crate::meter::tests::Kept;

    /// A tenant that answers with these statuses, the last one first.
    #[derive(Debug)]
    struct Tenant(Mutex<Vec<u16>>);

    impl HttpClient for Tenant {
        fn send(&self, _: HttpRequest) -> HttpFuture<'_> {
            let status = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap();
            Box::pin(ready(Ok(HttpResponse { status, headers: vec![], body: b"{}".to_vec() })))
        }
    }

    #[test]
    fn each_call_counts_with_the_label_of_its_error() {
        let http = Arc::new(Tenant(Mutex::new(vec![200, 503, 404, 204])));
        let accounts = MyAccountClient::new("https://tenant.example/", http, Arc::new(SystemClock));
        let user = UserToken::bearer(&IssuedToken::new("token").unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let kept = Kept::default();
        metrics::with_local_recorder(&kept, || {
            runtime.block_on(async {
                accounts.delete(&user, "cac_1").await.unwrap();
                assert!(accounts.delete(&user, "cac_1").await.is_err());
                assert!(accounts.connections(&user, &ConnectionQuery::new()).await.is_err());
                assert!(accounts.list(&user, &AccountQuery::new()).await.is_err());
                assert!(accounts.connect(&user, Connect::new(" ", "https://app.example.com/")).await.is_err());
            });
        });
        assert_eq!(
            kept.lines(),
            [
                "auth0_api_connected_account_requests_total{outcome=answered} 1",
                "auth0_api_connected_account_requests_total{outcome=connect_input} 1",
                "auth0_api_connected_account_requests_total{outcome=connect_not_found} 1",
                "auth0_api_connected_account_requests_total{outcome=connect_response} 1",
                "auth0_api_connected_account_requests_total{outcome=connect_unavailable} 1",
            ]
        );
    }
}
