//! Protected resource metadata (RFC 9728): where the API serves the document, and which challenges contain its URL.

use auth0_api_axum::{AuthLayer, metadata_routes, metadata_routes_of_all};
use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::metadata::MetadataError;
use auth0_api_core::{ApiClient, DpopPolicy, ProtectedResource};
use auth0_api_testing::TestWorld;

use super::{MISSING, assert_rejected, assert_rejected_naming};
use crate::api::{Answer, Api, routes};

const RESOURCE: &str = "https://api.example.com";

/// An API that publishes metadata, and an API of the same tenant without metadata.
struct Published {
    world: TestWorld,
    plain: Api,
    api: Api,
}

impl Published {
    async fn new(policy: DpopPolicy) -> Self {
        let world = TestWorld::start().await;
        let plain = Api::start(&world.builder().dpop(policy.clone()).build().unwrap()).await;
        let client = world.builder().dpop(policy).resource_metadata(ProtectedResource::new(RESOURCE)).build().unwrap();
        let api = serve(&client).await;
        Self { world, plain, api }
    }
}

async fn serve(client: &ApiClient) -> Api {
    Api::serve(routes(&AuthLayer::new(client.clone())).merge(metadata_routes(client))).await
}

#[tokio::test]
async fn every_challenge_of_a_401_or_403_names_the_metadata_document() {
    for policy in [DpopPolicy::accept(), DpopPolicy::require(), DpopPolicy::ignore()] {
        let published = Published::new(policy).await;
        for (path, status, headers) in published.rejections() {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let (plain, named) = (published.plain.get(path, &headers).await, published.api.get(path, &headers).await);
            assert!(status.contains(&plain.status), "{path} {headers:?}: {plain:?}");
            assert_eq!(named.lines(), with_document(&plain), "{path} {headers:?}");
        }
    }
}

/// Returns the lines of a plain rejection with the URL of the metadata document added to each challenge of a 401 or
/// 403.
fn with_document(plain: &Answer) -> Vec<String> {
    let named = [401, 403].contains(&plain.status);
    let document = r#"resource_metadata="https://api.example.com/.well-known/oauth-protected-resource""#;
    let add = |line: String| {
        if named && line.starts_with("www-authenticate: ") { format!("{line}, {document}") } else { line }
    };
    plain.lines().into_iter().map(add).collect()
}

type Sent = Vec<(&'static str, String)>;

impl Published {
    /// Returns requests that the API rejects, each with the possible statuses. The status depends on the DPoP mode.
    fn rejections(&self) -> Vec<(&'static str, &'static [u16], Sent)> {
        let (mint, holder) = (|| self.world.tenant.mint(), self.world.tenant.token_holder());
        let bearer = |token: String| vec![("Authorization", format!("Bearer {token}"))];
        let dpop = |proof: &str| vec![("Authorization", holder.authorization()), ("DPoP", proof.to_owned())];
        let elsewhere = holder.proof("GET", "https://elsewhere.example/").sign();
        vec![
            ("/api/private", &[401], vec![]),
            ("/api/private", &[401], vec![("Authorization", "Basic dXNlcjpwYXNz".to_owned())]),
            ("/api/private", &[401], bearer(mint().audience("a").sign())),
            ("/api/private", &[401], bearer("not-a-jwt".to_owned())),
            ("/api/private", &[401], bearer(holder.token.clone())),
            ("/api/private", &[401], dpop("not-a-proof")),
            ("/api/private", &[401], dpop(&elsewhere)),
            ("/api/private", &[400, 401], vec![("Authorization", holder.authorization())]),
            ("/api/private", &[400], bearer("a b".to_owned())),
            ("/api/private", &[400], [bearer("a".to_owned()), bearer("a".to_owned())].concat()),
            ("/api/private-scoped", &[401, 403], bearer(mint().scope("read:messages").sign())),
            ("/api/optional", &[401], bearer(mint().audience("a").sign())),
        ]
    }
}

#[tokio::test]
async fn the_metadata_url_is_the_last_parameter_of_each_challenge() {
    let published = Published::new(DpopPolicy::accept()).await;
    let document = r#"resource_metadata="https://api.example.com/.well-known/oauth-protected-resource""#;
    let dpop = format!(r#"DPoP algs="ES256", {document}"#);
    let bare = format!(r#"Bearer realm="api", {document}"#);
    assert_rejected(&published.api.get("/api/private", &[]).await, &[&bare, &dpop], MISSING);

    let description = "the access token lacks a scope that is needed here";
    let error = format!(r#"error="insufficient_scope", error_description="{description}""#);
    let scope = r#"scope="read:messages read:drafts""#;
    let token = published.world.tenant.mint().sign();
    let answer = published.api.get("/api/private-scoped", &[("Authorization", &format!("Bearer {token}"))]).await;
    let bearer = format!(r#"Bearer realm="api", {error}, {scope}, {document}"#);
    let (rejected, named) = ((403, "insufficient_scope", description), r#","scope":"read:messages read:drafts""#);
    assert_rejected_naming(&answer, &[&bearer, &dpop], rejected, named);

    let holder = published.world.tenant.token_holder();
    let proof = holder.proof("GET", &published.api.url("/api/private-scoped")).sign();
    let headers = [("Authorization", &*holder.authorization()), ("DPoP", &proof)];
    let answer = published.api.get("/api/private-scoped", &headers).await;
    let dpop = format!(r#"DPoP {error}, {scope}, algs="ES256", {document}"#);
    assert_rejected_naming(&answer, &[&bare, &dpop], rejected, named);
}

#[tokio::test]
async fn a_nonce_challenge_names_the_metadata_document() {
    let published = Published::new(DpopPolicy::require().nonce(RotatingNonce::new([[1; 32]]).unwrap())).await;
    let holder = published.world.tenant.token_holder();
    let proof = holder.proof("GET", &published.api.url("/api/private")).sign();
    let headers = [("Authorization", &*holder.authorization()), ("DPoP", &proof)];
    let answer = published.api.get("/api/private", &headers).await;
    let challenge = r#"DPoP error="use_dpop_nonce", error_description="the proof needs the nonce of the DPoP-Nonce header", algs="ES256", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource""#;
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some(challenge)));
    assert!(answer.header("dpop-nonce").is_some());
}

#[tokio::test]
async fn the_challenges_of_401_name_the_initial_scopes() {
    let world = TestWorld::start().await;
    let resource = ProtectedResource::new(RESOURCE).challenge_scopes(["read:messages", "read:drafts"]);
    let api = serve(&world.builder().resource_metadata(resource).build().unwrap()).await;
    let scope = r#"scope="read:messages read:drafts""#;
    let document = r#"resource_metadata="https://api.example.com/.well-known/oauth-protected-resource""#;
    let bearer = format!(r#"Bearer realm="api", {scope}, {document}"#);
    let dpop = format!(r#"DPoP {scope}, algs="ES256", {document}"#);
    let named = r#","scope":"read:messages read:drafts""#;
    assert_rejected_naming(&api.get("/api/private", &[]).await, &[&bearer, &dpop], MISSING, named);
    // So does the challenge with the error of a 401, but none of a 400.
    for (headers, challenges) in [
        (&[("Authorization", "Bearer not-a-jwt")][..], 1),
        (&[("Authorization", "Bearer a b")], 0),
        (&[("Authorization", &*world.tenant.token_holder().authorization()), ("DPoP", "not-a-proof")], 1),
    ] {
        let answer = api.get("/api/private", headers).await;
        assert_eq!(answer.lines().iter().filter(|line| line.contains(scope)).count(), challenges, "{headers:?}");
    }
}

#[tokio::test]
async fn the_metadata_document_is_served_without_authentication() {
    let world = TestWorld::start().await;
    let resource = ProtectedResource::new(RESOURCE).name("Messages").scopes(["read:messages"]);
    let api = serve(&world.builder().resource_metadata(resource).build().unwrap()).await;
    let document = format!(
        r#"{{"resource":"https://api.example.com","authorization_servers":["{}"],"scopes_supported":["read:messages"],"bearer_methods_supported":["header"],"resource_name":"Messages","dpop_signing_alg_values_supported":["ES256"]}}"#,
        world.tenant.issuer()
    );
    let path = "/.well-known/oauth-protected-resource";
    let found = api.get(path, &[("Origin", "https://inspector.example")]).await;
    let etag = found.header("etag").unwrap().to_owned();
    let head = [
        "200",
        "content-type: application/json",
        "cache-control: public, max-age=3600",
        "access-control-allow-origin: *",
        &*format!("etag: {etag}"),
        "",
    ];
    assert_eq!(found.lines(), [&head[..], &[&*document]].concat());

    let asked = api.send("HEAD", path, &[("Host", &api.authority())]).await;
    assert_eq!(asked.lines(), [&head[..], &[""]].concat());
    assert_eq!(asked.header("content-length"), found.header("content-length"));

    let again = api.get(path, &[("If-None-Match", &etag)]).await;
    assert_eq!((again.status, &*again.body), (304, ""));
    let posted = api.send("POST", path, &[("Host", &api.authority())]).await;
    assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
    assert_eq!(api.get("/.well-known/oauth-protected-resource/other", &[]).await.status, 404);
}

#[tokio::test]
async fn a_cors_preflight_for_the_metadata_document_is_allowed() {
    let published = Published::new(DpopPolicy::accept()).await;
    let authority = published.api.authority();
    let preflight = [
        ("Host", authority.as_str()),
        ("Origin", "https://inspector.example"),
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "mcp-protocol-version"),
    ];
    let answer = published.api.send("OPTIONS", "/.well-known/oauth-protected-resource", &preflight).await;
    assert_eq!(
        answer.lines(),
        [
            "204",
            "access-control-allow-origin: *",
            "access-control-allow-methods: GET, HEAD",
            "access-control-allow-headers: *",
            "access-control-max-age: 3600",
            "",
            "",
        ]
    );
}

#[tokio::test]
async fn the_metadata_of_a_resource_with_a_path_is_also_served_at_the_root() {
    let world = TestWorld::start().await;
    let builder = world.builder().audiences(["https://api.example.com/mcp/"]);
    let client = builder.resource_metadata(ProtectedResource::new("https://api.example.com/mcp/")).build().unwrap();
    let api = serve(&client).await;
    let root = "/.well-known/oauth-protected-resource";
    let document = api.get(root, &[]).await.body;
    assert!(document.starts_with(r#"{"resource":"https://api.example.com/mcp/","#), "{document}");
    for path in ["/.well-known/oauth-protected-resource/mcp/", "/.well-known/oauth-protected-resource/mcp"] {
        assert_eq!(api.get(path, &[]).await.body, document, "{path}");
    }
    let document = r#"resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp/""#;
    let challenge = api.get("/api/private", &[]).await;
    assert!(challenge.header("www-authenticate").unwrap().ends_with(document));
}

#[tokio::test]
async fn a_client_without_metadata_answers_404() {
    let world = TestWorld::start().await;
    let api = serve(&world.api.clone()).await;
    assert_eq!(api.get("/.well-known/oauth-protected-resource", &[]).await.status, 404);
}

#[tokio::test]
async fn metadata_that_contradicts_the_client_is_a_build_error() {
    let world = TestWorld::start().await;
    let resource = ProtectedResource::new(RESOURCE);
    for (resource, error) in [
        (ProtectedResource::new("https://other.example.com"), MetadataError::Audience),
        (ProtectedResource::new("http://api.example.com"), MetadataError::Resource),
        (
            resource.authorization_servers(["https://other.eu.auth0.com/"]),
            MetadataError::NotTrusted { server: "https://other.eu.auth0.com/".into() },
        ),
    ] {
        let rejected = world.builder().resource_metadata(resource).build().unwrap_err();
        let expected = format!("the configuration is unusable: resource_metadata: {error}");
        assert_eq!((rejected.to_string(), rejected.problems()[0].option()), (expected, "resource_metadata"));
    }
}

#[tokio::test]
async fn two_resources_on_one_host_have_their_own_documents_and_one_of_them_has_the_root() {
    let world = TestWorld::start().await;
    let client = |resource: &str| {
        let builder = ApiClient::builder(world.tenant.domain(), resource).insecure_http_loopback();
        builder.resource_metadata(ProtectedResource::new(resource)).build().unwrap()
    };
    let (orders, mcp) = (client("https://api.example.com/orders"), client("https://api.example.com/mcp"));
    let axum = Api::serve(metadata_routes_of_all(&orders, [&mcp])).await;
    for (path, resource) in [
        ("/.well-known/oauth-protected-resource", "https://api.example.com/orders"),
        ("/.well-known/oauth-protected-resource/orders", "https://api.example.com/orders"),
        ("/.well-known/oauth-protected-resource/mcp", "https://api.example.com/mcp"),
    ] {
        let answer = axum.get(path, &[]).await;
        let start = format!(r#"{{"resource":"{resource}","#);
        assert_eq!((answer.status, answer.lines().last().unwrap().starts_with(&start)), (200, true), "{path}");
    }
    // The same resource twice, and resources without a path: the first one is served, and nothing panics.
    let (first, second) = (client("https://api.example.com"), client("https://api.example.com/"));
    drop(metadata_routes_of_all::<()>(&first, [&second, &first, &orders]));
}
