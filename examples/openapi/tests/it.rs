//! The document says what the API does.

use std::collections::BTreeSet;

use auth0_api_axum::{ApiClient, DpopPolicy};
use auth0_api_testing::{Endpoint, Misbehaviour, TestWorld};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// An operation of the document.
struct Operation {
    method: Method,
    path: String,
    /// The scopes of each entry of `security`, with the scheme that needs them.
    security: Vec<(String, Vec<String>)>,
    statuses: BTreeSet<String>,
}

impl Operation {
    fn all(document: &Value) -> Vec<Self> {
        let items = document["paths"].as_object().unwrap().iter();
        items
            .flat_map(|(path, item)| {
                item.as_object().unwrap().iter().map(move |(method, operation)| Self::read(path, method, operation))
            })
            .collect()
    }

    fn read(path: &str, method: &str, operation: &Value) -> Self {
        let entries = operation["security"].as_array().into_iter().flatten();
        let security = entries.map(|entry| {
            let entry = entry.as_object().unwrap();
            let scheme = if entry.contains_key("dpop") { "dpop" } else { "bearer" };
            assert_eq!(entry.contains_key("dpop_proof"), scheme == "dpop", "{entry:?}");
            let scopes = entry[scheme].as_array().unwrap().iter().map(|scope| scope.as_str().unwrap().to_owned());
            (scheme.to_owned(), scopes.collect())
        });
        Self {
            method: method.to_uppercase().parse().unwrap(),
            path: path.replace("{id}", "1"),
            security: security.collect(),
            statuses: operation["responses"].as_object().unwrap().keys().cloned().collect(),
        }
    }

    /// Whether the document permits a token with these scopes.
    fn permits(&self, scopes: &[String]) -> bool {
        self.security.iter().any(|(_, needed)| needed.iter().all(|scope| scopes.contains(scope)))
    }

    async fn call(&self, app: &Router, headers: &[(&str, String)]) -> Response<Body> {
        let mut request = Request::builder().method(&self.method).uri(&self.path).header("host", "api.example.com");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let order = json!({ "id": 1, "item": "tea" }).to_string();
        let request = request.header("content-type", "application/json").body(Body::from(order)).unwrap();
        app.clone().oneshot(request).await.unwrap()
    }

    async fn call_with(&self, app: &Router, world: &TestWorld, scheme: &str, scopes: &[String]) -> StatusCode {
        let mint = world.tenant.mint().scope(&scopes.join(" "));
        let headers = if scheme == "dpop" {
            let key = world.tenant.dpop_client();
            let token = mint.bound_to(&key).sign();
            let url = format!("https://api.example.com{}", self.path);
            let proof = key.proof(self.method.as_str(), &url).access_token(&token).sign();
            vec![("authorization", format!("DPoP {token}")), ("dpop", proof)]
        } else {
            vec![("authorization", format!("Bearer {}", mint.sign()))]
        };
        self.call(app, &headers).await.status()
    }
}

/// Calls each operation as the document says, and returns what differs.
async fn differences(document: &Value, app: &Router, world: &TestWorld) -> Vec<String> {
    let mut found = Vec::new();
    for operation in Operation::all(document) {
        let mut expect = |what: &str, expected: u16, status: StatusCode| {
            let is_expected = if expected == 200 { status.is_success() } else { status == expected };
            if !is_expected || !operation.statuses.contains(status.as_str()) {
                found.push(format!("{} {} {what}: {status}", operation.method, operation.path));
            }
        };
        let anonymous = operation.call(app, &[]).await;
        if operation.security.is_empty() {
            expect("without a token", 200, anonymous.status());
            continue;
        }
        expect("without a token", 401, anonymous.status());
        for (scheme, scopes) in &operation.security {
            let status = operation.call_with(app, world, scheme, scopes).await;
            expect(&format!("{scheme} with {scopes:?}"), 200, status);
            for missing in scopes {
                let others: Vec<_> = scopes.iter().filter(|scope| *scope != missing).cloned().collect();
                let expected = if operation.permits(&others) { 200 } else { 403 };
                let status = operation.call_with(app, world, scheme, &others).await;
                expect(&format!("{scheme} without {missing}"), expected, status);
            }
        }
    }
    found
}

fn client(world: &TestWorld, policy: DpopPolicy) -> ApiClient {
    world.builder().public_url("https://api.example.com").dpop(policy).build().unwrap()
}

fn described(api: &ApiClient) -> (Router, Value) {
    let (app, document) = openapi::app(api);
    (app, serde_json::to_value(document).unwrap())
}

#[tokio::test]
async fn each_operation_does_what_the_document_says() {
    let world = TestWorld::start().await;
    for (policy, schemes) in [(DpopPolicy::accept(), 2), (DpopPolicy::require(), 1), (DpopPolicy::ignore(), 1)] {
        let (app, document) = described(&client(&world, policy));
        let operations = Operation::all(&document);
        assert_eq!(operations.len(), 6);
        assert_eq!(operations.iter().filter(|operation| operation.security.is_empty()).count(), 1);
        let entries: usize = operations.iter().map(|operation| operation.security.len()).sum();
        assert_eq!(entries, 6 * schemes);
        assert_eq!(differences(&document, &app, &world).await, [""; 0]);
    }
}

#[tokio::test]
async fn a_document_that_says_something_else_is_noticed() {
    let world = TestWorld::start().await;
    let (app, document) = described(&client(&world, DpopPolicy::ignore()));
    for (pointer, value, difference) in [
        (
            "/paths/~1orders/get/security/0/bearer",
            json!(["list:orders"]),
            "GET /orders bearer with [\"list:orders\"]: 403 Forbidden",
        ),
        ("/paths/~1orders/get/security/0/bearer", json!([]), "GET /orders bearer with []: 403 Forbidden"),
        ("/paths/~1orders/get/security", json!([]), "GET /orders without a token: 401 Unauthorized"),
        ("/paths/~1health/get/security", json!([{ "bearer": [] }]), "GET /health without a token: 204 No Content"),
        (
            "/paths/~1orders/get/responses",
            json!({ "200": {}, "401": {} }),
            "GET /orders bearer without read:orders: 403 Forbidden",
        ),
    ] {
        let mut changed = document.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[name] = value;
        let found = differences(&changed, &app, &world).await;
        assert!(found.contains(&difference.to_owned()), "{pointer}: {found:?}");
    }
}

#[tokio::test]
async fn an_outage_of_the_tenant_is_answered_as_documented() {
    let world = TestWorld::start().await;
    let (app, document) = described(&client(&world, DpopPolicy::ignore()));
    world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(500));
    let authorization = format!("Bearer {}", world.tenant.mint().sign());
    for operation in Operation::all(&document).iter().filter(|operation| !operation.security.is_empty()) {
        let response = operation.call(&app, &[("authorization", authorization.clone())]).await;
        assert_eq!(response.status(), 503, "{}", operation.path);
        assert!(response.headers().contains_key("retry-after") && operation.statuses.contains("503"));
    }
}

#[tokio::test]
async fn a_rejection_has_the_body_and_the_header_of_the_document() {
    let world = TestWorld::start().await;
    let (app, document) = described(&client(&world, DpopPolicy::accept()));
    let documented = &document["paths"]["/orders"]["get"]["responses"]["401"];
    assert!(documented["headers"].get("WWW-Authenticate").is_some(), "{documented}");
    assert_eq!(documented["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/Rejection");
    let properties = document["components"]["schemas"]["Rejection"]["properties"].as_object().unwrap();
    let operation = Operation::all(&document).into_iter().find(|operation| operation.path == "/orders").unwrap();
    let invalid = operation.call(&app, &[("authorization", "Bearer e30.e30.e30".into())]).await;
    assert!(invalid.headers().contains_key("www-authenticate"));
    let body = axum::body::to_bytes(invalid.into_body(), 10_000).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert!(body.as_object().unwrap().keys().eq(properties.keys()), "{body}");
}

#[test]
fn the_guide_shows_this_example() {
    let guide = include_str!("../../../crates/auth0-api-core/src/guide/openapi.md");
    let shown = guide.split("```rust,ignore\n").nth(1).unwrap().split("```").next().unwrap();
    let source = include_str!("../src/lib.rs");
    let shown = shown.lines().map(str::trim).filter(|line| !line.is_empty());
    let missing: Vec<_> = shown.filter(|line| !source.contains(line)).collect();
    assert_eq!(missing, [""; 0]);
}
