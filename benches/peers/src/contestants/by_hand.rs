//! Crates without a layer. Each check here does the minimum that a layer would do.

use std::sync::Arc;

use aliri::jwa::Algorithm as AliriAlgorithm;
use aliri::jwt::{Audience, CoreValidator, Issuer};
use aliri_oauth2::{Authority, ScopePolicy};
use auth0_api_benches::floor::Floor;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use huskarl_reqwest::ReqwestClient;
use huskarl_resource_server::validator::custom::CustomValidator;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use super::{Starting, app, serve};
use crate::site::{PUBLIC_URL, Site};

/// Checks the signature of the token, and of the proof if the request has a proof.
pub(super) fn bare(site: Site) -> Starting {
    let floor = Arc::new(Floor::new(&site.signing_key, &site.proof_key));
    serve(app().layer(from_fn(move |request: Request, next: Next| {
        let holds = signatures_hold(&floor, request.headers());
        async move { if holds { next.run(request).await } else { unauthorized() } }
    })))
}

fn signatures_hold(floor: &Floor, headers: &HeaderMap) -> bool {
    let proof = text(headers, "dpop");
    token(headers).is_some_and(|token| floor.token_holds(token)) && proof.is_none_or(|proof| floor.proof_holds(proof))
}

pub(super) fn huskarl(site: Site) -> Starting {
    Box::pin(async move {
        let validator = Arc::new(huskarl_validator(&site).await);
        serve(app().layer(from_fn_with_state(validator, huskarl_check))).await
    })
}

/// The validator has no replay store unless the application brings one.
pub(crate) async fn huskarl_validator(site: &Site) -> CustomValidator {
    let http = ReqwestClient::builder().build().await.unwrap();
    let validator = CustomValidator::builder().authorization_server(site.issuer.clone()).iss(site.issuer.clone());
    let validator = validator.aud(site.audience.clone()).jwks_uri(site.jwks_uri.parse().unwrap());
    validator.jwks_source(http).build().await.unwrap()
}

async fn huskarl_check(State(validator): State<Arc<CustomValidator>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let url: Uri = format!("{PUBLIC_URL}{path}").parse().unwrap();
    let result = validator.validate_request(&parts.headers, &parts.method, &url, None).await;
    if matches!(result.outcome, Ok(Some(_))) {
        next.run(Request::from_parts(parts, body)).await
    } else {
        unauthorized()
    }
}

pub(super) fn aliri(site: Site) -> Starting {
    Box::pin(async move {
        let authority = authority(&site).await;
        authority.spawn_refresh(std::time::Duration::from_secs(3600));
        serve(app().layer(from_fn_with_state(authority, aliri_check))).await
    })
}

/// With a check of `nbf`, the crate would reject tokens without this claim, as Auth0 issues them.
pub(crate) async fn authority(site: &Site) -> Authority {
    let validator = CoreValidator::default()
        .add_approved_algorithm(AliriAlgorithm::RS256)
        .add_allowed_audience(Audience::from(site.audience.clone()))
        .require_issuer(Issuer::from(site.issuer.clone()))
        .check_expiration();
    Authority::new_from_url(site.jwks_uri.clone(), validator).await.unwrap()
}

async fn aliri_check(State(authority): State<Authority>, request: Request, next: Next) -> Response {
    let claims = token(request.headers()).map(|token| aliri_claims(&authority, token));
    if matches!(claims, Some(Ok(_))) { next.run(request).await } else { unauthorized() }
}

pub(crate) fn aliri_claims(
    authority: &Authority,
    token: &str,
) -> Result<aliri_oauth2::scope::BasicClaimsWithScope, aliri_oauth2::AuthorityError> {
    authority.verify_token(aliri::JwtRef::from_str(token), &ScopePolicy::allow_any())
}

/// Fetches nothing: the key is in the configuration.
pub(super) fn jsonwebtoken(site: Site) -> Starting {
    let decoder = Arc::new(Decoder::new(&site));
    serve(app().layer(from_fn_with_state(decoder, jsonwebtoken_check)))
}

async fn jsonwebtoken_check(State(decoder): State<Arc<Decoder>>, request: Request, next: Next) -> Response {
    let holds = token(request.headers()).is_some_and(|token| decoder.decode(token).is_ok());
    if holds { next.run(request).await } else { unauthorized() }
}

/// The `decode` of `jsonwebtoken` alone.
pub(crate) struct Decoder {
    key: DecodingKey,
    validation: Validation,
}

impl Decoder {
    pub(crate) fn new(site: &Site) -> Self {
        let key = serde_json::from_value(site.signing_key.clone()).unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[&site.audience]);
        validation.set_issuer(&[&site.issuer]);
        Self { key: DecodingKey::from_jwk(&key).unwrap(), validation }
    }

    pub(crate) fn decode(&self, token: &str) -> jsonwebtoken::errors::Result<jsonwebtoken::TokenData<Value>> {
        jsonwebtoken::decode(token, &self.key, &self.validation)
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    text(headers, "authorization")?.split_once(' ').map(|(_, token)| token)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn unauthorized() -> Response {
    StatusCode::UNAUTHORIZED.into_response()
}
