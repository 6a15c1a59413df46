//! Calls that are accepted.

use auth0_api_testing::TestWorld;
use futures_util::stream;
use http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request};

use auth0_api_axum::AuthLayer;
use auth0_api_core::DpopPolicy;
use auth0_api_core::dpop::RotatingNonce;

use super::text::TextCodec;
use super::{ECHO, GREET, RULE, call, serve};

#[tokio::test]
async fn a_method_finds_the_verified_token_in_its_request() {
    let world = TestWorld::start().await;
    let to = serve(AuthLayer::grpc(world.api.clone())).await;
    let authorization = format!("Bearer {}", world.tenant.mint().sign());
    let answer = call(to, GREET, &[("authorization", &authorization)]).await.unwrap();
    assert_eq!(answer.into_inner(), "hello, auth0|local-user");
}

#[tokio::test]
async fn a_proof_must_name_post_and_the_url_of_the_method() {
    let world = TestWorld::start().await;
    let to = serve(AuthLayer::grpc(world.api.clone())).await;
    let key = world.tenant.dpop_client();
    let token = world.tenant.mint().bound_to(&key).scope("admin").sign();
    for (method, htm, htu, accepted) in [
        (GREET, "POST", format!("http://{to}{GREET}"), true),
        (RULE, "POST", format!("http://{to}{RULE}"), true),
        (GREET, "POST", format!("http://{to}{RULE}"), false),
        (GREET, "GET", format!("http://{to}{GREET}"), false),
        (GREET, "POST", format!("http://elsewhere.example.com{GREET}"), false),
    ] {
        let proof = key.proof(htm, &htu).access_token(&token).sign();
        let lines = [("authorization", &*format!("DPoP {token}")), ("dpop", &proof)];
        assert_eq!(call(to, method, &lines).await.is_ok(), accepted, "{method} {htm} {htu}");
    }
}

#[tokio::test]
async fn the_next_nonce_is_metadata_of_the_response() {
    let nonces = RotatingNonce::new([[1; 32]]).unwrap();
    let world = TestWorld::start_with(|builder| builder.dpop(DpopPolicy::accept().nonce(nonces))).await;
    let to = serve(AuthLayer::grpc(world.api.clone())).await;
    let key = world.tenant.dpop_client();
    let token = world.tenant.mint().bound_to(&key).sign();
    let authorization = format!("DPoP {token}");
    let proof = || key.proof("POST", &format!("http://{to}{GREET}")).access_token(&token);

    let rejected = call(to, GREET, &[("authorization", &authorization), ("dpop", &proof().sign())]).await.unwrap_err();
    let first = rejected.metadata().get("dpop-nonce").unwrap().to_str().unwrap().to_owned();
    world.clock.advance(std::time::Duration::from_secs(60));
    let with_nonce = proof().nonce(&first).sign();
    let answer = call(to, GREET, &[("authorization", &authorization), ("dpop", &with_nonce)]).await.unwrap();
    let second = answer.metadata().get("dpop-nonce").unwrap();
    assert_ne!(second, first.as_str());
}

#[tokio::test]
async fn a_stream_in_both_directions_needs_a_token() {
    let world = TestWorld::start().await;
    let to = serve(AuthLayer::grpc(world.api.clone())).await;
    let channel = Channel::from_shared(format!("http://{to}")).unwrap().connect().await.unwrap();
    for authorization in [None, Some(format!("Bearer {}", world.tenant.mint().sign()))] {
        let mut request = Request::new(stream::iter(["one".to_owned(), "two".to_owned()]));
        if let Some(authorization) = &authorization {
            request.metadata_mut().insert("authorization", authorization.parse().unwrap());
        }
        let mut client = tonic::client::Grpc::new(channel.clone());
        client.ready().await.unwrap();
        let answer = client.streaming(request, PathAndQuery::from_static(ECHO), TextCodec).await;
        if authorization.is_none() {
            assert_eq!(answer.unwrap_err().code(), Code::Unauthenticated);
            continue;
        }
        let mut echoed = answer.unwrap().into_inner();
        let mut texts = Vec::new();
        while let Some(text) = echoed.message().await.unwrap() {
            texts.push(text);
        }
        assert_eq!(texts, ["one", "two"]);
    }
}
