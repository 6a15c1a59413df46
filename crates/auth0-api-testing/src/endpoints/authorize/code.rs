//! The authorization code: what the client has asked for, checked before anybody signs in.

use std::time::Duration;

use auth0_api_core::jose::Thumbprint;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::Value;

use super::AuthorizationRequest;
use crate::Application;
use crate::GrantType;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::{for_user, requested_details};
use crate::endpoints::membership::{accept_invitation, organization};
use crate::endpoints::parameters::Parameters;
use crate::ledger::{Code, Consent, Login, Session};
use crate::must::random_text;
use crate::state::Tenant;

/// A valid request: everything that the code will contain except the user.
pub(super) struct Draft {
    audience: Option<String>,
    scopes: Vec<String>,
    authorization_details: Vec<Value>,
    key: Option<Thumbprint>,
    challenge: Option<String>,
}

impl Draft {
    pub(super) fn of(tenant: &Tenant, request: &AuthorizationRequest) -> Result<Self, ErrorResponse> {
        let AuthorizationRequest { client, parameters, .. } = request;
        if !client.may_use(GrantType::AuthorizationCode) {
            let description = "Grant type 'authorization_code' not allowed for the client.";
            return Err(ErrorResponse::unauthorized_client(description));
        }
        if parameters.require("response_type")? != "code" {
            let description = "Only code is supported";
            return Err(ErrorResponse::new(StatusCode::BAD_REQUEST, "unsupported_response_type", description));
        }
        request.response_mode()?;
        request.is_silent()?;
        request.max_age()?;
        let requested = parameters.audience(tenant.registry.resource_parameter)?;
        let audience = requested.or(tenant.registry.default_audience.as_deref());
        let find = |audience| tenant.registry.api(audience).ok_or_else(|| ErrorResponse::no_such_api(audience));
        let api = audience.map(find).transpose()?;
        Ok(Self {
            audience: audience.map(str::to_owned),
            scopes: for_user(api, &parameters.scopes().unwrap_or_default()),
            authorization_details: requested_details(api, parameters)?,
            key: parameters.get("dpop_jkt").map(thumbprint).transpose()?,
            challenge: challenge(client, parameters)?,
        })
    }

    /// Issues a code for the user of a session.
    pub(super) fn code(
        self,
        tenant: &Tenant,
        request: &AuthorizationRequest,
        session: &Session,
    ) -> Result<String, ErrorResponse> {
        let AuthorizationRequest { client, parameters, .. } = request;
        let user = &session.user;
        accept_invitation(tenant, parameters, user)?;
        let consent = Consent {
            client_id: client.id().to_owned(),
            audience: self.audience,
            scopes: self.scopes,
            authorization_details: self.authorization_details,
            organization: organization(tenant, parameters, user)?.cloned(),
            key: self.key,
            user: user.clone(),
            login: Some(Login { at: session.started_at, session_id: Some(session.id.clone()) }),
        };
        let code = Code {
            consent,
            redirect_uri: parameters.get("redirect_uri").map(str::to_owned),
            challenge: self.challenge,
            nonce: parameters.get("nonce").map(str::to_owned),
            expires_at: tenant.clock.now() + LIFETIME,
        };
        let text = random_text();
        let mut ledger = tenant.ledger();
        ledger.sessions.join(&session.id, client.id());
        ledger.codes.insert(text.clone(), code);
        Ok(text)
    }
}

/// [RFC 7636 §4.3](https://www.rfc-editor.org/rfc/rfc7636#section-4.3): reads the PKCE challenge. The tenant accepts
/// only S256. A public client must send a challenge, and so must a client that nobody has registered.
fn challenge(client: &Application, parameters: &Parameters) -> Result<Option<String>, ErrorResponse> {
    match (parameters.get("code_challenge"), parameters.get("code_challenge_method")) {
        (Some(challenge), Some("S256")) => Ok(Some(challenge.to_owned())),
        (None, None) if !client.must_use_pkce() => Ok(None),
        (None, _) => Err(ErrorResponse::invalid_request("Missing required parameter: code_challenge")),
        (Some(_), _) => Err(ErrorResponse::invalid_request("code_challenge_method must be S256")),
    }
}

/// [RFC 9449 §10](https://www.rfc-editor.org/rfc/rfc9449#section-10): reads the thumbprint of the key that the code is
/// bound to.
fn thumbprint(text: &str) -> Result<Thumbprint, ErrorResponse> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(Thumbprint::from_bytes).ok_or_else(|| ErrorResponse::invalid_request("dpop_jkt is not a thumbprint"))
}

/// [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2): a code expires after at most ten minutes.
pub(crate) const LIFETIME: Duration = Duration::from_secs(600);
