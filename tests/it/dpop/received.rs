//! The URL that a client called, as the server determines it: with nested routers, proxies and HTTP/2.

use auth0_api_core::{ApiClient, TrustedProxies};
use auth0_api_testing::{TestWorld, TokenHolder};
use http::Version;

use crate::api::{Answer, Api};

const PRIVATE: &str = "/api/private";

#[tokio::test]
async fn a_nested_router_does_not_change_the_url() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    for (htu, status) in [("/nested/private", 200), ("/private", 401)] {
        let answer = get(&api, &holder, "/nested/private", &api.url(htu), &[]).await;
        assert_eq!(answer.status, status, "{htu}");
    }
}

#[tokio::test]
async fn the_query_is_not_compared_with_htu() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    let answer = get(&api, &holder, "/api/private?page=2&x=%2F", &api.url(PRIVATE), &[]).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_query_in_raw_utf_8_is_accepted_with_a_proof() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    let answer = get(&api, &holder, "/api/private?q=ü", &api.url(PRIVATE), &[]).await;
    assert_eq!(answer.status, 200);
}

/// The router does not resolve dot segments: `/wild/../api/private` is the resource `/wild/{*rest}`.
#[tokio::test]
async fn a_proof_for_one_resource_does_not_open_another_by_dot_segments() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    let bearer = format!("Bearer {}", world.tenant.mint().sign());
    for dots in ["..", "%2e%2e", ".%2E"] {
        let target = format!("/wild/{dots}{PRIVATE}");
        let answer = get(&api, &holder, &target, &api.url(PRIVATE), &[]).await;
        assert_eq!(answer.status, 400, "{target}");
        // A Bearer token is not made for a URL.
        assert_eq!(api.get(&target, &[("Authorization", &bearer)]).await.status, 200, "{target}");
    }
    let encoded = "/wild/..%2Fx";
    assert_eq!(get(&api, &holder, encoded, &api.url(encoded), &[]).await.status, 200);
}

/// The client chooses the `Host`, so a proof that was captured at another API would fit the request.
#[tokio::test]
async fn a_proof_for_another_apis_host_is_rejected() {
    let world = TestWorld::start().await;
    let direct = world.builder().own_hosts(["api.example.com", "api.example.org:8443"]);
    let proxied = direct.clone().trusted_proxies(TrustedProxies::hops(1));
    let (direct, proxied) = (Api::start(&direct.build().unwrap()).await, Api::start(&proxied.build().unwrap()).await);
    for (api, host, forwarded, called, status) in [
        (&direct, "api.example.com", None, "api.example.com", 200),
        (&direct, "API.example.com:80", None, "api.example.com", 200),
        (&direct, "api.example.org:8443", None, "api.example.org:8443", 200),
        (&direct, "other-api.example", None, "other-api.example", 400),
        (&direct, "api.example.org", None, "api.example.org", 400),
        (&proxied, "backend", Some("api.example.com"), "api.example.com", 200),
        (&proxied, "api.example.com", Some("other-api.example"), "other-api.example", 400),
        (&proxied, "other-api.example", None, "other-api.example", 400),
    ] {
        let holder = world.tenant.token_holder();
        let [authorization, proof] = credentials(&holder, &format!("http://{called}{PRIVATE}"));
        let mut headers = vec![("Host", host), ("Authorization", &authorization), ("DPoP", &proof)];
        headers.extend(forwarded.map(|host| ("X-Forwarded-Host", host)));
        let answer = api.send("GET", PRIVATE, &headers).await;
        assert_eq!(answer.status, status, "{host} {forwarded:?}");
        if status == 400 {
            assert!(answer.body.contains("the host of the request is not one of this API"), "{}", answer.body);
        }
        let bearer = format!("Bearer {}", world.tenant.mint().sign());
        let answer = api.send("GET", PRIVATE, &[("Host", host), ("Authorization", &bearer)]).await;
        assert_eq!(answer.status, 200, "{host}");
    }
}

#[tokio::test]
async fn the_public_url_replaces_the_origin_of_the_request() {
    let world = TestWorld::start().await;
    let client = world.builder().public_url("https://public.example.com/v1").build().unwrap();
    let (api, holder) = (Api::start(&client).await, world.tenant.token_holder());
    for (htu, status) in [
        ("https://public.example.com/v1/api/private", 200),
        ("https://public.example.com/api/private", 401),
        (&api.url(PRIVATE), 401),
    ] {
        let answer = get(&api, &holder, PRIVATE, htu, &[("X-Forwarded-Host", "evil.example")]).await;
        assert_eq!(answer.status, status, "{htu}");
    }
    let answer = get(&api, &holder, "/nested/private", "https://public.example.com/v1/nested/private", &[]).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn forwarding_headers_are_ignored_by_default() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    let forwarded = [
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Host", "public.example.com"),
        ("X-Forwarded-Prefix", "/v1"),
        ("Forwarded", "proto=https;host=public.example.com"),
    ];
    for (htu, status) in [(&*api.url(PRIVATE), 200), ("https://public.example.com/v1/api/private", 401)] {
        assert_eq!(get(&api, &holder, PRIVATE, htu, &forwarded).await.status, status, "{htu}");
    }
}

#[tokio::test]
async fn with_one_trusted_hop_only_its_entry_is_used() {
    let world = TestWorld::start().await;
    let (api, holder) = (behind(&world, TrustedProxies::hops(1)).await, world.tenant.token_holder());
    let forwarded: [&[(&str, &str)]; 3] = [
        &[("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "public.example.com")],
        &[("X-Forwarded-Proto", "http, https"), ("X-Forwarded-Host", "evil.example, public.example.com")],
        &[("Forwarded", "proto=http;host=evil.example, proto=https;host=public.example.com")],
    ];
    for headers in forwarded {
        for (htu, status) in [
            ("https://public.example.com/api/private", 200),
            ("https://evil.example/api/private", 401),
            (&api.url(PRIVATE), 401),
        ] {
            assert_eq!(get(&api, &holder, PRIVATE, htu, headers).await.status, status, "{htu} {headers:?}");
        }
    }
    let prefixed = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "a.example"), ("X-Forwarded-Prefix", "/v1")];
    let answer = get(&api, &holder, PRIVATE, "https://a.example/v1/api/private", &prefixed).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn fewer_entries_than_trusted_hops_is_an_invalid_request() {
    let world = TestWorld::start().await;
    let (api, holder) = (behind(&world, TrustedProxies::hops(2)).await, world.tenant.token_holder());
    let headers = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "public.example.com")];
    let answer = get(&api, &holder, PRIVATE, "https://public.example.com/api/private", &headers).await;
    assert_eq!(
        answer.lines(),
        [
            "400",
            r#"www-authenticate: Bearer realm="api""#,
            r#"www-authenticate: DPoP error="invalid_request", error_description="the URL of the request is malformed", algs="ES256""#,
            "content-type: application/json",
            "",
            r#"{"error":"invalid_request","error_description":"the URL of the request is malformed"}"#,
        ]
    );
}

#[tokio::test]
async fn a_trusted_network_is_matched_by_the_peer_address() {
    let world = TestWorld::start().await;
    let headers = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "public.example.com")];
    for (network, of_public, of_own) in [("127.0.0.0/8", 200, 401), ("10.0.0.0/8", 401, 200)] {
        let api = behind(&world, TrustedProxies::networks([network]).unwrap()).await;
        let holder = world.tenant.token_holder();
        let public = get(&api, &holder, PRIVATE, "https://public.example.com/api/private", &headers).await;
        let own = get(&api, &holder, PRIVATE, &api.url(PRIVATE), &headers).await;
        assert_eq!((public.status, own.status), (of_public, of_own), "{network}");
    }
}

#[tokio::test]
async fn an_absolute_form_target_must_agree_with_the_host() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    let own = api.authority();
    for (target, host, status) in [
        (api.url(PRIVATE), own.as_str(), 200),
        (api.url("/api/private?page=2"), own.as_str(), 200),
        (api.url(PRIVATE), "evil.example", 400),
        (format!("http://evil.example{PRIVATE}"), own.as_str(), 400),
    ] {
        let credentials = credentials(&holder, &api.url(PRIVATE));
        let headers = [("Host", host), ("Authorization", &credentials[0]), ("DPoP", &credentials[1])];
        assert_eq!(api.send("GET", &target, &headers).await.status, status, "{target} {host}");
    }
}

#[tokio::test]
async fn a_host_header_that_violates_its_grammar_is_rejected() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    // This `Host` value contains the path of the proof's URL.
    let moved = format!("{}/api/private?", api.authority());
    for host in [None, Some(""), Some("user@api.example.com"), Some(moved.as_str()), Some("a b"), Some("a,b")] {
        let credentials = credentials(&holder, &api.url(PRIVATE));
        let mut headers = vec![("Authorization", credentials[0].as_str()), ("DPoP", &credentials[1])];
        headers.extend(host.map(|host| ("Host", host)));
        assert_eq!(api.send("GET", PRIVATE, &headers).await.status, 400, "{host:?}");
    }
}

#[tokio::test]
async fn htm_is_compared_with_the_sent_method() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    let host = api.authority();
    for (method, status) in [("GET", 200), ("POST", 401), ("get", 401), ("HEAD", 401)] {
        let credentials = credentials(&holder, &api.url(PRIVATE));
        let headers = [("Host", host.as_str()), ("Authorization", &credentials[0]), ("DPoP", &credentials[1])];
        assert_eq!(api.send(method, PRIVATE, &headers).await.status, status, "{method}");
    }
}

#[tokio::test]
async fn with_http2_the_host_is_read_from_authority() {
    let world = TestWorld::start().await;
    let (api, holder) = (Api::start(&world.api.clone()).await, world.tenant.token_holder());
    let client = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    for (htu, host, status) in [
        (api.url(PRIVATE), None, 200),
        (api.url("/other"), None, 401),
        (api.url(PRIVATE), Some(api.authority()), 200),
        (api.url(PRIVATE), Some("evil.example".to_owned()), 400),
        (format!("http://evil.example{PRIVATE}"), Some("evil.example".to_owned()), 400),
    ] {
        let [authorization, proof] = credentials(&holder, &htu);
        let mut request = client.get(api.url(PRIVATE)).header("authorization", authorization).header("dpop", proof);
        if let Some(host) = &host {
            request = request.header("host", host);
        }
        let response = request.send().await.unwrap();
        assert_eq!((response.version(), response.status().as_u16()), (Version::HTTP_2, status), "{htu} {host:?}");
    }
}

async fn behind(world: &TestWorld, proxies: TrustedProxies) -> Api {
    let client: ApiClient = world.builder().trusted_proxies(proxies).build().unwrap();
    Api::start(&client).await
}

/// Sends a GET request for this path, with a proof for the URL `htu` and these additional headers.
async fn get(api: &Api, holder: &TokenHolder, path: &str, htu: &str, headers: &[(&str, &str)]) -> Answer {
    let credentials = credentials(holder, htu);
    let credentials = [("Authorization", credentials[0].as_str()), ("DPoP", credentials[1].as_str())];
    api.get(path, &[&credentials, headers].concat()).await
}

/// The values of `Authorization` and `DPoP`.
fn credentials(holder: &TokenHolder, htu: &str) -> [String; 2] {
    [holder.authorization(), holder.proof("GET", htu).sign()]
}
