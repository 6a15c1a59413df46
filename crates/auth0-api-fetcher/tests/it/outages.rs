//! Outages of the tenant, and clients that follow redirects.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth0_api_core::http::HttpError;
use auth0_api_core::{Clock as _, OnBehalfOf};
use auth0_api_fetcher::{FetchCaller, FetchError, FetchToken, Fetcher};
use auth0_api_testing::{Endpoint, Misbehaviour};
use http::StatusCode;

use crate::world::{CALENDAR, Server, World, soon};

#[tokio::test]
async fn a_token_in_the_cache_survives_an_outage_of_the_tenant() {
    let world = World::start().await;
    let server = Server::answering(|_, _| "").await;
    let fetcher = world.fetcher(&server).build().unwrap();
    let token = world.tenant.mint().subject("auth0|ada").expires_in(Duration::from_secs(48 * 3600)).sign();
    let ada = world.api.verify_access_token(&token).await.unwrap();
    let first = soon(fetcher.for_caller(&ada).get("/").send()).await.unwrap();
    // From the cache.
    let tokens =
        world.api.get_token_on_behalf_of(&ada, OnBehalfOf::audience(CALENDAR).scope("read:events")).await.unwrap();
    let lifetime = tokens.expires_at().unwrap().duration_since(world.clock.now()).unwrap();
    assert_eq!(world.token_requests(), 1);
    assert_eq!(first.status(), 200);
    for misbehaviour in [Misbehaviour::Down, Misbehaviour::RateLimited { retry_after: Duration::from_secs(30) }] {
        world.tenant.misbehave(Endpoint::Token, misbehaviour);
        // The second time is in the part of the lifetime in which the cache renews a token in the background.
        world.pass(lifetime.as_secs() * 45 / 100);
        for _ in 0..20 {
            let response = soon(fetcher.for_caller(&ada).get("/").send()).await.unwrap();
            assert_eq!(response.status(), 200);
        }
    }
    world.pass(lifetime.as_secs() / 10);
    let error = soon(fetcher.for_caller(&ada).get("/").send()).await.unwrap_err();
    assert_eq!((error.label(), server.requests()), ("exchange_rate_limited", 41));
}

#[tokio::test]
async fn a_client_that_follows_redirects_is_an_error_and_takes_no_token_to_the_other_host() {
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&arrived);
    let other = Server::answering(move |_, request| {
        noted.lock().unwrap().push(request.headers().contains_key("authorization"));
        "of the other host"
    })
    .await;
    let location = other.url.replace("127.0.0.1", "localhost");
    let server =
        Server::answering(move |_, _| (StatusCode::TEMPORARY_REDIRECT, [("location", location.clone())])).await;
    let source = |_: FetchCaller| async { FetchToken::bearer("secret") };
    let follows = reqwest::Client::builder().no_proxy().build().unwrap();
    let fetcher = Fetcher::with_source(&server.url, source).insecure_http().reqwest_client(follows).build().unwrap();
    let error = soon(fetcher.for_application().get("/").send()).await.unwrap_err();
    assert!(matches!(error, FetchError::Unanswered(HttpError::Exchange(_))), "{error:?}");
    assert_eq!(error.label(), "downstream_unavailable");
    assert_eq!((server.requests(), arrived.lock().unwrap().as_slice()), (1, &[false][..]));
}
