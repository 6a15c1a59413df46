//! Metadata: the challenges of 401 and 403 responses contain the URL of the metadata, and the server serves the
//! metadata without credentials.

use std::net::SocketAddr;

use auth0_api_core::{ApiClientBuilder, ProtectedResource};

use super::credentials::missing;
use super::suite::Suite;
use super::{Answer, Call, Harness};

const RESOURCE: &str = "https://resource.example.com/v1";
const ROOT: &str = "/.well-known/oauth-protected-resource";
const INSERTED: &str = "/.well-known/oauth-protected-resource/v1";

const BEARER: &str =
    r#"Bearer realm="api", resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource/v1""#;
const DPOP: &str =
    r#"DPoP algs="ES256", resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource/v1""#;

fn described(builder: ApiClientBuilder) -> ApiClientBuilder {
    builder.audiences(["https://api.example.com", RESOURCE]).resource_metadata(ProtectedResource::new(RESOURCE))
}

pub(super) async fn challenges<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open_with(described).await;
    let call = suite.call("/private");
    suite.row("metadata: no credentials", to, call, missing(&[BEARER, DPOP])).await;

    let description = "the access token is not for this API";
    let error = r#"Bearer realm="api", error="invalid_token", error_description="the access token is not for this API", resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource/v1""#;
    let rejected = Answer::rejected(401, &[error, DPOP], "invalid_token", description);
    let call = suite.bad_bearer("/private");
    suite.row("metadata: a bad token", to, call, rejected).await;

    let error = r#"DPoP error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages read:drafts", algs="ES256", resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource/v1""#;
    let rejected = Answer::lacking(&[BEARER, error], "read:messages read:drafts");
    let call = suite.proven(&suite.world.tenant.token_holder(), to, "/scoped");
    suite.row("metadata: a bound token without the scopes", to, call, rejected).await;

    let description = "the access token is malformed";
    let error = r#"Bearer realm="api", error="invalid_request", error_description="the access token is malformed""#;
    let rejected = Answer::rejected(400, &[error, r#"DPoP algs="ES256""#], "invalid_request", description);
    let call = suite.call("/private").header("authorization", "Bearer");
    suite.row("metadata: malformed credentials", to, call, rejected).await;
}

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open_with(described).await;
    for path in [ROOT, INSERTED] {
        served(suite, to, path).await;
    }
    let call = Call::new("GET", "/.well-known/oauth-protected-resource/v2");
    let answer = suite.harness.send(to, call).await;
    suite.check("metadata of another resource is not served", matches!(answer.status, 401 | 404), &answer);
}

async fn served<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr, path: &str) {
    let document = format!(
        r#"{{"resource":"{RESOURCE}","authorization_servers":["{}"],"bearer_methods_supported":["header"],"dpop_signing_alg_values_supported":["ES256"]}}"#,
        suite.world.tenant.issuer()
    );
    // The tag is a digest of the document. The document contains the tenant's port, so the tag cannot be a constant.
    let etag = suite.harness.send(to, Call::new("GET", path)).await.header("etag").unwrap_or_default().to_owned();
    let cached = |status, body: &str| {
        let answer = Answer::new(status, Vec::new(), body).with("cache-control", "public, max-age=3600");
        answer.with("access-control-allow-origin", "*").with("etag", &etag)
    };
    let json = |answer: Answer| answer.with("content-type", "application/json");
    let rejected = Answer::new(405, Vec::new(), "").with("access-control-allow-origin", "*");
    for (row, call, expected) in [
        ("GET", Call::new("GET", path), json(cached(200, &document))),
        ("HEAD", Call::new("HEAD", path), json(cached(200, ""))),
        ("the tag that the client has", Call::new("GET", path).header("if-none-match", etag.clone()), cached(304, "")),
        ("POST", Call::new("POST", path), rejected.with("allow", "GET, HEAD, OPTIONS")),
    ] {
        suite.row(&format!("metadata at {path}: {row}"), to, call, expected).await;
    }

    let call = Call::new("OPTIONS", path).header("origin", "https://app.example.com");
    let answer = suite.harness.send(to, call.header("access-control-request-method", "GET")).await;
    let holds = answer.status == 204 && answer.header("access-control-allow-origin") == Some("*");
    suite.check(&format!("metadata at {path}: a preflight request"), holds, &answer);
}
