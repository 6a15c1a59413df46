//! Crates with a layer or an extractor for axum, each as its documentation shows it.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::get;
use axum_jwks::{Jwks, ParseTokenClaims, TokenError};
use axum_jwt_auth::{Decoder, RemoteJwksDecoder};
use jsonwebtoken_10 as jsonwebtoken;
use jwt_authorizer::{Authorizer, IntoLayer as _, JwtAuthorizer};
use oauth_resource_server::{KeyNaming, OAuthConfig, OAuthValidator, ResolvedOAuthConfig, static_token_policy};
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;
use tower_oauth2_resource_server::server::OAuth2ResourceServer;
use tower_oauth2_resource_server::tenant::TenantConfiguration;

use super::{Starting, app, serve};
use crate::site::Site;

/// The crate checks the issuer only if it finds the keys through the discovery document.
pub(super) fn tower_oauth2(site: Site) -> Starting {
    Box::pin(async move {
        let tenant = TenantConfiguration::builder(site.issuer).audiences(&[&site.audience]);
        let server = OAuth2ResourceServer::<Value>::builder().add_tenant(tenant.build().await.unwrap());
        serve(app().layer(server.build().await.unwrap().into_layer())).await
    })
}

/// Serves with axum 0.7, the version that `jwt-authorizer` supports.
pub(super) fn jwt_authorizer(site: Site) -> Starting {
    Box::pin(async move {
        let layer = authorizer(&site).await.into_layer();
        let app = axum_07::Router::new().route("/orders", axum_07::routing::get(super::answer)).layer(layer);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum_07::serve(listener, app).await });
        address
    })
}

pub(crate) async fn authorizer(site: &Site) -> Authorizer<Value> {
    let validation = jwt_authorizer::Validation::new().iss(&[&site.issuer]).aud(&[&site.audience]);
    let builder: JwtAuthorizer<Value> = JwtAuthorizer::from_jwks_url(&site.jwks_uri).validation(validation);
    builder.build().await.unwrap()
}

pub(super) fn oauth_resource_server(site: Site) -> Starting {
    Box::pin(async move {
        let config = resource_server_config(&site);
        let validator = resource_server_validator(&config);
        validator.spawn_background_refresh();
        let decision = static_token_policy(None, Some(&config), false).unwrap();
        let layer = oauth_resource_server::axum::AuthLayer::from_decision(decision, Some(validator)).unwrap();
        serve(app().layer(layer)).await
    })
}

pub(crate) fn resource_server_config(site: &Site) -> ResolvedOAuthConfig {
    let config = OAuthConfig {
        enabled: true,
        issuer: site.issuer.clone(),
        jwks_uri: Some(site.jwks_uri.clone()),
        audience: site.audience.clone(),
        resource: site.public_url.clone(),
        allow_unscoped_tokens: true,
        allow_insecure_http: true,
        ..OAuthConfig::default()
    };
    config.resolve(KeyNaming::Dotted("oauth")).unwrap().unwrap()
}

pub(crate) fn resource_server_validator(config: &ResolvedOAuthConfig) -> Arc<OAuthValidator> {
    Arc::new(OAuthValidator::new(config).unwrap())
}

pub(super) fn axum_jwt_auth(site: Site) -> Starting {
    #[derive(Clone, FromRef)]
    struct State {
        decoder: Decoder<Value>,
    }
    Box::pin(async move {
        let decoder: Decoder<Value> = Arc::new(remote_decoder(&site).await);
        let handler = |_: axum_jwt_auth::Claims<Value>| super::answer();
        serve(Router::new().route("/orders", get(handler)).with_state(State { decoder })).await
    })
}

pub(crate) async fn remote_decoder(site: &Site) -> RemoteJwksDecoder {
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_audience(&[&site.audience]);
    validation.set_issuer(&[&site.issuer]);
    let decoder = RemoteJwksDecoder::builder().jwks_url(site.jwks_uri.clone()).validation(validation).build().unwrap();
    // The background task ends only when the caller cancels this token.
    _ = decoder.initialize().await.unwrap();
    decoder
}

/// The crate checks no issuer, and fetches the keys only here.
pub(super) fn axum_jwks(site: Site) -> Starting {
    #[derive(Clone, FromRef)]
    struct State {
        jwks: Jwks,
    }
    Box::pin(async move {
        let jwks = key_set(&site).await;
        let handler = |_: axum_jwks::Claims<TokenClaims>| super::answer();
        serve(Router::new().route("/orders", get(handler)).with_state(State { jwks })).await
    })
}

pub(crate) async fn key_set(site: &Site) -> Jwks {
    Jwks::from_jwks_url(&site.jwks_uri, Some(&site.audience), None).await.unwrap()
}

#[derive(Deserialize)]
#[serde(transparent)]
struct TokenClaims(#[expect(dead_code, reason = "the crate only reads the claims into this type")] Value);

impl ParseTokenClaims for TokenClaims {
    type Rejection = TokenError;
}
