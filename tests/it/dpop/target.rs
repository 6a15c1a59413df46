//! `htu` matches every spelling of the called URL, and no other URL.

use auth0_api_core::{ReceivedTarget, TokenRequest};
use auth0_api_testing::{TestWorld, status_and_label};

use super::{URL, proof_rejected};
use crate::log::Log;
use crate::world::rejection;

const MISMATCH: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the proof was made for another URL", algs="ES256""#;
const MALFORMED: &str =
    r#"DPoP error="invalid_dpop_proof", error_description="the URL in the proof is malformed", algs="ES256""#;

#[tokio::test]
async fn equivalent_spellings_of_the_called_url_match() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    for (called, htu) in [
        ("https://api.example.com/orders?page=2", "https://api.example.com/orders"),
        ("https://api.example.com/orders", "https://api.example.com/orders?page=2#top"),
        ("https://api.example.com/orders?a=1", "https://api.example.com/orders?b=2"),
        ("https://api.example.com/orders", "HTTPS://API.Example.COM/orders"),
        ("https://api.example.com/orders", "https://api.example.com:443/orders"),
        ("https://api.example.com:443/orders", "https://api.example.com:/orders"),
        ("http://api.example.com/orders", "http://api.example.com:80/orders"),
        ("https://api.example.com", "https://api.example.com/"),
        ("https://api.example.com/%7Eada", "https://api.example.com/~ada"),
        ("https://api.example.com/%c3%a9", "https://api.example.com/%C3%A9"),
        ("https://api.example.com/a/c", "https://api.example.com/a/./b/%2e%2E/c"),
        ("https://api.example.com/a/..%2Fc", "https://api.example.com/a/..%2fc"),
        ("https://api.example.com/orders?q=ü&r=/../", "https://api.example.com/orders"),
        ("https://my_service:8443/a", "https://MY_service:8443/a"),
        ("https://[2001:db8::1]/a", "https://[2001:DB8::1]/a"),
    ] {
        let proof = holder.proof("GET", called).claim("htu", htu);
        assert_eq!(status_and_label(&holder.get(&api, called, &proof).await), "200 accepted", "{called} {htu}");
    }
}

#[tokio::test]
async fn a_proof_for_another_url_is_rejected() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    for (called, htu) in [
        ("https://api.example.com/orders", "http://api.example.com/orders"),
        ("https://api.example.com/orders", "https://api.example.com:8443/orders"),
        ("https://api.example.com/orders", "https://other.example.com/orders"),
        ("https://api.example.com/orders", "https://api.example.com./orders"),
        ("https://api.example.com/orders", "https://api.example.com/Orders"),
        ("https://api.example.com/orders", "https://api.example.com/orders/"),
        ("https://api.example.com/orders", "https://api.example.com//orders"),
        ("https://api.example.com/orders", "https://api.example.com/v1/orders"),
        ("https://api.example.com/orders", "https://api.example.com/"),
        ("https://api.example.com/a/b", "https://api.example.com/a%2Fb"),
        ("https://api.example.com/a", "https://api.example.com/a%3Fb"),
        ("https://api.example.com/a%20b", "https://api.example.com/a+b"),
    ] {
        let proof = holder.proof("GET", called).claim("htu", htu);
        let outcome = holder.get(&api, called, &proof).await;
        assert_eq!(rejection(&api, outcome), proof_rejected("dpop_htu_mismatch", MISMATCH), "{called} {htu}");
    }
}

#[tokio::test]
async fn an_htu_that_only_a_lenient_parser_accepts_is_rejected() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    for htu in [
        "",
        "/orders",
        "api.example.com/orders",
        "ftp://api.example.com/orders",
        "https:/api.example.com/orders",
        "https:\\\\api.example.com/orders",
        "https://api.example.com\\orders",
        "https://user@api.example.com/orders",
        "https://api.example.com/ord ers",
        "https://api.example.com/ord\ters",
        " https://api.example.com/orders",
        "https://api.example.com/orders\n",
        "https://api.example.com/%",
        "https://api.example.com/%4",
        "https://api.example.com/%zz",
        "https://api.example.com/é",
        "https://api.example.com:port/orders",
        "https://api.example.com:65536/orders",
        "https://api%2eexample.com/orders",
        "https:///orders",
    ] {
        let outcome = holder.get(&api, URL, &holder.proof("GET", URL).claim("htu", htu)).await;
        assert_eq!(rejection(&api, outcome), proof_rejected("dpop_htu_malformed", MALFORMED), "{htu}");
    }
}

#[tokio::test]
async fn a_request_with_a_malformed_url_is_an_invalid_request() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    for called in [
        "https://api.example.com/a\\b",
        "https://user@api.example.com/",
        "/orders",
        "https://api.example.com/%",
        "https://api.example.com/ü",
    ] {
        let outcome = holder.get(&api, called, &holder.proof("GET", URL)).await;
        assert_eq!(status_and_label(&outcome), "400 dpop_target", "{called}");
    }
}

#[tokio::test]
async fn one_warning_is_logged_if_the_client_chooses_the_host() {
    let world = TestWorld::start().await;
    let builder = || world.builder();
    for (client, called_as, warnings) in [
        (builder(), "https", 1),
        (builder().own_hosts(["api.example.com"]), "https", 0),
        (builder().public_url("https://api.example.com"), "https", 0),
        // The application states the URL.
        (builder(), "given", 0),
    ] {
        let (api, holder) = (client.build().unwrap(), world.tenant.token_holder());
        let (log, subscribed) = Log::subscribe();
        let target =
            ReceivedTarget { scheme: "https", authority: Some("api.example.com"), target: "/orders", peer: None };
        let bearer = format!("Bearer {}", world.tenant.mint().sign());
        let headers = [("authorization", bearer)];
        api.verify_request(&TokenRequest::received("GET", target, &headers)).await.unwrap();
        assert!(!log.read().0.contains(&"host_unchecked".to_owned()), "a Bearer token is not made for a URL");
        for _ in 0..3 {
            let headers = [("authorization", holder.authorization()), ("dpop", holder.proof("GET", URL).sign())];
            let request = match called_as {
                "given" => TokenRequest::new("GET", URL, &headers),
                _ => TokenRequest::received("GET", target, &headers),
            };
            api.verify_request(&request).await.unwrap();
        }
        drop(subscribed);
        let count = log.read().0.iter().filter(|event| *event == "host_unchecked").count();
        assert_eq!(count, warnings, "{called_as}");
    }
}

#[tokio::test]
async fn the_hint_names_the_difference_between_htu_and_the_url() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    for (htu, words) in [
        ("http://api.example.com/orders", "the client signed http "),
        ("https://other.example.com/orders", "the host differs"),
        ("https://api.example.com:8443/orders", "the port differs"),
        ("https://api.example.com/orders/", "differs by slashes"),
        ("https://api.example.com/v1/orders", "set public_url"),
        ("https://api.example.com/%6Frder%73/", "differs by slashes"),
        ("wss://api.example.com/orders", "the handshake of a WebSocket is an http request"),
        ("WS://api.example.com/orders", "the handshake of a WebSocket is an http request"),
    ] {
        let error = holder.get(&api, URL, &holder.proof("GET", URL).claim("htu", htu)).await.unwrap_err();
        assert!(error.hint().is_some_and(|hint| hint.contains(words)), "{htu}: {:?}", error.hint());
    }
}
