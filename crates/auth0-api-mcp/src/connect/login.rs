//! The login of this server's own client: authorization code with PKCE
//! ([OpenID Connect Core §3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth),
//! [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)).

use auth0_api_core::connected_accounts::MyAccountClient;
use auth0_api_core::exchange::{Grant, GrantRequest, InputError, TokenType};
use auth0_api_core::{ApiClient, Error, ExchangeError, TokenSet, VerifiedToken};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64_simd::URL_SAFE_NO_PAD as BASE64URL;
use form_urlencoded::Serializer;
use serde_json::Value;

use super::errand::Errand;
use super::failure::Failure;
use super::flow::SigningIn;

pub(super) struct Login {
    pub(super) accounts: MyAccountClient,
    api: ApiClient,
    client_id: Box<str>,
    issuer: Box<str>,
}

/// Whether the tenant asks a person who is logged in already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Prompt {
    IfNeeded,
    /// To log in as somebody else.
    Always,
}

impl Login {
    pub(super) fn new(api: ApiClient, client_id: Box<str>) -> Result<Self, ExchangeError> {
        let accounts = api.connected_accounts()?;
        let audience = accounts.audience();
        let issuer = audience.strip_suffix("me/").unwrap_or(&audience).into();
        Ok(Self { accounts, api, client_id, issuer })
    }

    /// The issuer of the ID tokens.
    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Returns the URL at which the person logs in. No parameter says who the person is: everyone who
    /// has the link could read it. Of the organization, only the id is named, which is no secret.
    pub(super) fn authorization_url(&self, flow: &SigningIn, redirect_uri: &str, prompt: Prompt) -> String {
        let challenge = BASE64URL.encode_to_string(digest(&SHA256, flow.verifier.as_bytes()).as_ref());
        let endpoint = format!("{}authorize?", self.issuer);
        let begin = endpoint.len();
        let mut url = Serializer::for_suffix(endpoint, begin);
        url.append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", &flow.state)
            .append_pair("nonce", &flow.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        match &flow.ticket.errand {
            Errand::Connect { .. } => {
                url.append_pair("audience", &self.accounts.audience())
                    .append_pair("scope", &format!("openid email {CONNECT_SCOPE}"));
            }
            Errand::SignIn(asked) => {
                let scopes = asked.scopes.iter().map(|scope| &**scope);
                let scopes = std::iter::once("openid").chain(scopes).collect::<Vec<_>>().join(" ");
                url.append_pair("audience", &asked.audience).append_pair("scope", &scopes);
                if !asked.acr_values.is_empty() {
                    url.append_pair("acr_values", &asked.acr_values.join(" "));
                }
                if let Some(max_age) = asked.max_age {
                    url.append_pair("max_age", &max_age.to_string());
                }
            }
        }
        if let Some(organization) = &flow.ticket.organization {
            url.append_pair("organization", organization);
        }
        if prompt == Prompt::Always {
            url.append_pair("prompt", "login");
        }
        url.finish()
    }

    /// Redeems the code, and returns the verified ID token with the access token.
    pub(super) async fn person(
        &self,
        flow: &SigningIn,
        code: &str,
        redirect_uri: &str,
    ) -> Result<(VerifiedToken, TokenSet), Failure> {
        let grant = AuthorizationCode { code, redirect_uri, verifier: &flow.verifier };
        let tokens = self.api.exchange(&grant).await.map_err(|error| Failure::of(&Error::from(error)))?;
        let id_token = tokens.id_token().ok_or(Failure::labelled("login_without_id_token"))?;
        // The claims have been checked with the answer. This also checks the signature, so that nothing depends on the way
        // of the answer alone.
        let person = self.api.verify_access_token(id_token.expose()).await.map_err(|error| Failure::of(&error))?;
        let nonce = person.claims().get("nonce").and_then(Value::as_str).unwrap_or_default();
        // OpenID Connect Core §3.1.3.7 (11).
        verify_slices_are_equal(nonce.as_bytes(), flow.nonce.as_bytes())
            .map_err(|_| Failure::labelled("login_nonce_mismatch"))?;
        if tokens.token_type() != TokenType::Bearer {
            return Err(Failure::labelled("login_token_type"));
        }
        Ok((person, tokens))
    }
}

/// RFC 6749 §4.1.3. A code is valid for one use.
struct AuthorizationCode<'c> {
    code: &'c str,
    redirect_uri: &'c str,
    verifier: &'c str,
}

impl Grant for AuthorizationCode<'_> {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        Ok(GrantRequest::new("authorization_code")
            .field("code", self.code)
            .field("redirect_uri", self.redirect_uri)
            .field("code_verifier", self.verifier)
            .subject_of_caller()
            .on_new_connection())
    }
}

/// Returns 43 random characters, as many as RFC 7636 §4.1 demands of a verifier. `None` if the system has no randomness.
pub(super) fn random_text() -> Option<String> {
    let mut octets = [0; 32];
    rand::fill(&mut octets).ok()?;
    Some(BASE64URL.encode_to_string(octets))
}

/// The scope of the My Account API to connect an account.
pub(super) const CONNECT_SCOPE: &str = "create:me:connected_accounts";
