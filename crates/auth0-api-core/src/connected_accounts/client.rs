//! The client of the My Account API.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::pending::Secrets;
use super::sender::{Repetition, Sender};
use super::{
    AccountPage, AccountQuery, Connect, ConnectError, ConnectedAccount, PendingConnection, UserToken, callback,
};
use crate::clock::Clock;
use crate::http::{HttpClient, HttpMethod, HttpResponse};
use crate::jose::Object;

/// Connects, lists and removes the accounts of users, at the domain at which an [`ApiClient`](crate::ApiClient) exchanges
/// tokens.
///
/// Get one with [`ApiClient::connected_accounts`](crate::ApiClient::connected_accounts), and keep it: it remembers the
/// tenant's nonce. See the [module](crate::connected_accounts) for the flow.
#[derive(Debug)]
pub struct MyAccountClient {
    issuer: Box<str>,
    sender: Sender,
}

impl MyAccountClient {
    pub(crate) fn new(issuer: &str, http: Arc<dyn HttpClient>, clock: Arc<dyn Clock>) -> Self {
        Self { issuer: issuer.into(), sender: Sender { clock, http, nonce: Mutex::default() } }
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
        for (parameter, value) in [("connection", &asked.connection), ("redirect_uri", &asked.redirect_uri)] {
            if value.trim().is_empty() {
                return Err(ConnectError::Input { parameter });
            }
        }
        let secrets = Secrets::generate()?;
        let mut body = json!({
            "connection": asked.connection,
            "redirect_uri": asked.redirect_uri,
            "state": secrets.state.expose_secret(),
            "code_challenge": secrets.challenge(),
            "code_challenge_method": "S256",
        });
        if let Some(members) = body.as_object_mut().filter(|_| !asked.scopes.is_empty()) {
            members.insert("scopes".into(), asked.scopes.iter().map(|scope| Value::from(&**scope)).collect());
        }
        let now = self.sender.clock.now();
        // A second flow that is not continued expires by itself.
        let answer = self.post(user, "connect", &body, Repetition::Harmless).await?;
        self.pending(&answer, secrets, asked.redirect_uri, now)
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
        let code = callback::connect_code(query, &pending.secrets.state)?;
        if self.sender.clock.now() >= pending.expires_at {
            return Err(ConnectError::Expired);
        }
        let body = json!({
            "auth_session": pending.auth_session.expose_secret(),
            "connect_code": code.expose_secret(),
            "redirect_uri": pending.redirect_uri,
            "code_verifier": pending.secrets.verifier.expose_secret(),
        });
        // A code is valid for one use.
        parsed(&self.post(user, "complete", &body, Repetition::Never).await?, "account")
    }

    /// Lists connected accounts of the user, one page. The token needs the scope `read:me:connected_accounts`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`].
    pub async fn list(&self, user: &UserToken, query: &AccountQuery) -> Result<AccountPage, ConnectError> {
        if query.take.is_some_and(|most| !(1..=MOST_PER_PAGE).contains(&most)) {
            return Err(ConnectError::Input { parameter: "take" });
        }
        let mut url = form_urlencoded::Serializer::for_suffix(
            format!("{}?", self.url("accounts")),
            self.url("accounts").len() + 1,
        );
        let take = query.take.map(|most| most.to_string());
        for (name, value) in
            [("connection", query.connection.as_deref()), ("from", query.from.as_deref()), ("take", take.as_deref())]
        {
            if let Some(value) = value {
                url.append_pair(name, value);
            }
        }
        let url = url.finish();
        let url = url.strip_suffix('?').unwrap_or(&url);
        let answer = self.sender.send(user, HttpMethod::Get, url, None, Repetition::Harmless).await?;
        parsed(&answer, "accounts")
    }

    /// Removes a connected account. Token Vault then has no token of it. The token needs the scope
    /// `delete:me:connected_accounts`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`]: `NotFound` if the user has no account with this id.
    pub async fn delete(&self, user: &UserToken, id: &str) -> Result<(), ConnectError> {
        // An id with a slash or a dot could name another endpoint.
        let is_id = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-');
        if !(1..=LONGEST_ID).contains(&id.len()) || !id.bytes().all(is_id) {
            return Err(ConnectError::Input { parameter: "id" });
        }
        let url = format!("{}/{id}", self.url("accounts"));
        self.sender.send(user, HttpMethod::Delete, &url, None, Repetition::Never).await.map(drop)
    }

    async fn post(
        &self,
        user: &UserToken,
        path: &str,
        body: &Value,
        repetition: Repetition,
    ) -> Result<HttpResponse, ConnectError> {
        let body = body.to_string().into_bytes();
        self.sender.send(user, HttpMethod::Post, &self.url(path), Some(body), repetition).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}me/v1/connected-accounts/{path}", self.issuer)
    }

    fn pending(
        &self,
        answer: &HttpResponse,
        secrets: Secrets,
        redirect_uri: Box<str>,
        now: SystemTime,
    ) -> Result<PendingConnection, ConnectError> {
        let missing = |member| ConnectError::Response { member };
        let body: Value = parsed(answer, "body")?;
        let text = |value: Option<&Value>, member| {
            value.and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned).ok_or(missing(member))
        };
        let uri = text(body.get("connect_uri"), "connect_uri")?;
        // The browser must open a page of the tenant, and no other.
        let is_of_tenant = uri.starts_with(&*self.issuer) && uri.bytes().all(|octet| octet.is_ascii_graphic());
        if !is_of_tenant || uri.contains(['#', '\\']) {
            return Err(missing("connect_uri"));
        }
        let ticket = text(body.get("connect_params").and_then(|params| params.get("ticket")), "ticket")?;
        let separator = if uri.contains('?') { '&' } else { '?' };
        let ticket = form_urlencoded::Serializer::new(String::new()).append_pair("ticket", &ticket).finish();
        let expires_in = body.get("expires_in").and_then(Value::as_u64).ok_or(missing("expires_in"))?;
        Ok(PendingConnection {
            auth_session: text(body.get("auth_session"), "auth_session")?.into(),
            expires_at: now + Duration::from_secs(expires_in.min(LONGEST_FLOW_SECONDS)),
            redirect_uri,
            secrets,
            url: format!("{uri}{separator}{ticket}").into(),
        })
    }
}

/// Reads the JSON of an answer strictly: a repeated member is an error.
fn parsed<T: DeserializeOwned>(answer: &HttpResponse, member: &'static str) -> Result<T, ConnectError> {
    let is_object = Object::parse(answer.body.clone()).is_ok();
    let value = if is_object { serde_json::from_slice(&answer.body).ok() } else { None };
    value.ok_or(ConnectError::Response { member })
}

/// Auth0's limit.
const MOST_PER_PAGE: u8 = 20;
/// An id has about 20 characters.
const LONGEST_ID: usize = 128;
/// Auth0's flows last five minutes. A longer one must not overflow the time.
const LONGEST_FLOW_SECONDS: u64 = 3600;
