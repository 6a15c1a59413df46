//! Sessions belong to the principals that opened them.

use std::convert::Infallible;

use auth0_api_core::VerifiedToken;
use auth0_api_mcp::SharedKey;
use auth0_api_mcp::session::Sessions;
use http::{Request, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::people::{ADA, BOB, World, key};

/// A server that says which id it has got, and opens the session `s-1` for requests without an id.
async fn server(request: Request<()>) -> Result<Response<String>, Infallible> {
    let id = request.headers().get("mcp-session-id").map(|id| id.to_str().unwrap().to_owned());
    let mut response = Response::new(id.clone().unwrap_or_default());
    response.headers_mut().insert("mcp-session-id", id.as_deref().unwrap_or("s-1").parse().unwrap());
    Ok(response)
}

async fn call(world: &World, key: &SharedKey, user: Option<&str>, ids: &[&str]) -> Response<String> {
    let caller = match user {
        Some(user) => Some(world.caller(user).await),
        None => None,
    };
    call_as(key, caller, ids).await
}

async fn call_as(key: &SharedKey, caller: Option<VerifiedToken>, ids: &[&str]) -> Response<String> {
    let mut request = Request::new(());
    for id in ids {
        request.headers_mut().append("mcp-session-id", id.parse().unwrap());
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    Sessions::new(key).layer(service_fn(server)).oneshot(request).await.unwrap()
}

#[tokio::test]
async fn only_the_principal_that_opened_a_session_can_continue_it() {
    let world = World::new().await;
    let opened = call(&world, &key(), Some(ADA), &[]).await;
    let id = opened.headers()["mcp-session-id"].to_str().unwrap().to_owned();
    let tag = id.strip_prefix("s-1.").unwrap();
    assert_eq!(tag.len(), 43);
    let continued = call(&world, &key(), Some(ADA), &[&id]).await;
    assert_eq!((continued.status().as_u16(), continued.body().as_str()), (200, "s-1"), "the server sees its own id");
    assert_eq!(continued.headers()["mcp-session-id"], id.as_str());

    let renewed = SharedKey::new([9; 32]).unwrap().accept([7; 32]).unwrap();
    assert_eq!(call(&world, &renewed, Some(ADA), &[&id]).await.status(), 200, "while the key is replaced");
    let other = SharedKey::new([9; 32]).unwrap();
    for (key, user, ids) in [
        (&key(), BOB, vec![id.as_str()]),
        (&other, ADA, vec![&id]),
        (&key(), ADA, vec!["s-1"]),
        (&key(), ADA, vec!["s-1."]),
        (&key(), ADA, vec![""]),
        (&key(), ADA, vec![&format!("s-2.{tag}")]),
        (&key(), ADA, vec![&id, &id]),
    ] {
        let answer = call(&world, key, Some(user), &ids).await;
        assert_eq!((answer.status().as_u16(), answer.body().as_str()), (404, ""), "{user} {ids:?}");
    }
}

/// The client and the organization of the token are parts of the principal, and so is the subject.
#[tokio::test]
async fn each_part_of_the_principal_counts() {
    let world = World::new().await;
    let caller = async |client: &str, organization: Option<&str>| {
        let token = world.tenant.mint().subject(ADA).claim("azp", client);
        let token = organization.into_iter().fold(token, |token, id| token.claim("org_id", id));
        world.api.verify_access_token(&token.sign()).await.unwrap()
    };
    let opened = call_as(&key(), Some(caller("agent", Some("org_a")).await), &[]).await;
    let id = opened.headers()["mcp-session-id"].to_str().unwrap();
    for (client, organization, status) in [
        ("agent", Some("org_a"), 200),
        ("other", Some("org_a"), 404),
        ("agent", Some("org_b"), 404),
        ("agent", None, 404),
    ] {
        let answer = call_as(&key(), Some(caller(client, organization).await), &[id]).await;
        assert_eq!(answer.status(), status, "{client} {organization:?}");
    }
}

#[tokio::test]
async fn without_a_verified_caller_nothing_reaches_the_server() {
    let world = World::new().await;
    assert_eq!(call(&world, &key(), None, &[]).await.status(), 500);
}

/// The events of a stream are those of a session.
#[tokio::test]
async fn events_are_not_continued_without_their_session() {
    let world = World::new().await;
    let mut request = Request::new(());
    request.headers_mut().insert("last-event-id", "0/1".parse().unwrap());
    request.extensions_mut().insert(world.caller(ADA).await);
    let answer = Sessions::new(&key()).layer(service_fn(server)).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 404);
}
