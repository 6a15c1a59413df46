//! API keys beside tokens.

use std::collections::HashMap;
use std::sync::Arc;

use auth0_api_axum::{AuthLayer, Requirement, Token, TokenRejection, VerifiedToken};
use auth0_api_testing::TestWorld;
use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::extract::{FromRef, FromRequestParts};
use axum::routing::get;
use http::Request;
use http::request::Parts;

use super::{bearer, send, status, text};

/// The names of partners, by the SHA-256 digests of their keys: the API stores no key.
#[derive(Clone)]
struct Partners(Arc<HashMap<Vec<u8>, String>>);

enum Caller {
    Partner(String),
    Token(VerifiedToken),
}

impl<S> FromRequestParts<S> for Caller
where
    Partners: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, TokenRejection> {
        if let Some(Token(token)) = Option::<Token>::from_request_parts(parts, state).await? {
            return Ok(Self::Token(token));
        }
        let Partners(partners) = Partners::from_ref(state);
        let key = parts.headers.get("x-api-key").map(|key| digest(&SHA256, key.as_bytes()));
        if let Some(name) = key.and_then(|key| partners.get(key.as_ref()).cloned()) {
            return Ok(Self::Partner(name));
        }
        // Neither a token nor a valid key: 401 with challenges, as from the layer.
        let Token(token) = Token::from_request_parts(parts, state).await?;
        Ok(Self::Token(token))
    }
}

async fn orders(caller: Caller) -> String {
    match caller {
        Caller::Partner(name) => format!("the orders of the partner {name}"),
        Caller::Token(token) => format!("the orders of {:?}", token.subject()),
    }
}

fn routes(auth: AuthLayer, partners: Partners) -> Router {
    let users = auth.require(Requirement::user());
    let both = Router::new().route("/orders", get(orders)).layer(auth.clone().optional());
    let only_users = Router::new().route("/me", get(|| async { "me" }).route_layer(users));
    both.merge(only_users.layer(auth)).with_state(partners)
}

fn keyed(path: &str, key: &str) -> http::request::Builder {
    Request::get(path).header("x-api-key", key)
}

#[tokio::test]
async fn a_route_takes_a_token_or_a_key_and_rejects_everything_else_as_the_layer_does() {
    let world = TestWorld::start().await;
    let digest = digest(&SHA256, b"a long random key").as_ref().to_vec();
    let partners = Partners(Arc::new(HashMap::from([(digest, "Acme".to_owned())])));
    let app = routes(AuthLayer::new(world.api.clone()), partners);

    let answered = send(&app, keyed("/orders", "a long random key")).await;
    assert_eq!(text(answered).await, "the orders of the partner Acme");
    let answered = send(&app, bearer(&world, "/orders")).await;
    assert_eq!(text(answered).await, r#"the orders of Some("auth0|local-user")"#);

    let rejected = send(&app, keyed("/orders", "another key")).await;
    assert_eq!(rejected.status(), 401);
    assert_eq!(rejected.headers()["www-authenticate"], r#"Bearer realm="api""#);
    // An invalid token is rejected even beside a valid key.
    let both = keyed("/orders", "a long random key").header("authorization", "Bearer a.b.c");
    assert_eq!(status(&app, both).await, 401);
    // A key is no token.
    let as_token = Request::get("/orders").header("authorization", "Bearer a-long-random-key");
    assert_eq!(status(&app, as_token).await, 401);
    // A route for users takes no key.
    assert_eq!(status(&app, keyed("/me", "a long random key")).await, 401);
    assert_eq!(status(&app, bearer(&world, "/me")).await, 200);
}

#[test]
fn the_guide_shows_this_code() {
    let page = include_str!("../../../crates/auth0-api-core/src/guide/api_keys.md");
    super::assert_shown(page, 2, &[include_str!("api_keys.rs")]);
}
