//! The two requests of a flow that connects an account: the one before the browser's part, and the one after it.

use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::client::parsed;
use super::pending::Secrets;
use super::sender::Repetition;
use super::{Connect, ConnectError, ConnectedAccount, MyAccountClient, PendingConnection, UserToken, callback};
use crate::http::{HttpMethod, HttpResponse};

impl MyAccountClient {
    pub(super) async fn begin(&self, user: &UserToken, asked: Connect) -> Result<PendingConnection, ConnectError> {
        let secrets = Secrets::generate()?;
        let body = asked.body(&secrets)?;
        let now = self.sender.clock.now();
        // A second flow that is not continued expires by itself.
        let answer = self.post(user, "connect", &body, Repetition::Harmless).await?;
        self.pending(&answer, secrets, asked.redirect_uri, now)
    }

    pub(super) async fn finish(
        &self,
        user: &UserToken,
        pending: &PendingConnection,
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
        let answer = self.post(user, "complete", &body, Repetition::Never).await.map_err(|error| match error {
            // The tenant accepted everything else when the flow began.
            ConnectError::Rejected(problem) => ConnectError::CodeRejected(problem),
            error => error,
        });
        parsed(&answer?, "account")
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
        let is_of_tenant = uri.starts_with(self.issuer()) && uri.bytes().all(|octet| octet.is_ascii_graphic());
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

impl Connect {
    /// Checks the input, and returns the body of the request.
    fn body(&self, secrets: &Secrets) -> Result<Value, ConnectError> {
        for (parameter, value) in [("connection", &self.connection), ("redirect_uri", &self.redirect_uri)] {
            if value.trim().is_empty() {
                return Err(ConnectError::Input { parameter });
            }
        }
        if self.authorization_params.keys().any(|name| name.trim().is_empty()) {
            return Err(ConnectError::Input { parameter: "authorization_params" });
        }
        let mut body = json!({
            "connection": self.connection,
            "redirect_uri": self.redirect_uri,
            "state": secrets.state.expose_secret(),
            "code_challenge": secrets.challenge(),
            "code_challenge_method": "S256",
        });
        if let Some(members) = body.as_object_mut() {
            let scopes =
                (!self.scopes.is_empty()).then(|| self.scopes.iter().map(|scope| Value::from(&**scope)).collect());
            members.extend(scopes.map(|scopes: Value| ("scopes".to_owned(), scopes)));
            let params = Some(&self.authorization_params).filter(|params| !params.is_empty());
            members.extend(params.map(|params| ("authorization_params".to_owned(), params.clone().into())));
        }
        Ok(body)
    }
}

/// Auth0's flows last five minutes. A longer one must not overflow the time.
const LONGEST_FLOW_SECONDS: u64 = 3600;
