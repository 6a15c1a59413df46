//! Optional layers: a request without credentials passes; invalid credentials are rejected.

use std::net::SocketAddr;

use auth0_api_core::DpopPolicy;

use super::credentials::{BEARER, DPOP, SUBJECT, missing};
use super::suite::Suite;
use super::{Answer, Harness};
use crate::{Endpoint, Misbehaviour};

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    passed(suite, to).await;
    rejected(suite, to).await;

    suite.world.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(500));
    let to = suite.open(DpopPolicy::accept()).await;
    let call = suite.bearer("/optional", "");
    let answer = suite.harness.send(to, call).await;
    let expected = suite.harness.translate(Answer::new(503, Vec::new(), "")).status;
    suite.check(
        "a request is not anonymous if its token cannot be verified because the keys are unavailable",
        answer.status == expected,
        &answer,
    );
    suite.world.tenant.behave();
}

async fn passed<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let lines: [&[(&str, &str)]; 4] =
        [&[], &[("authorization", "")], &[("authorization", "Basic dXNlcjpwYXNz")], &[("dpop", "a proof alone")]];
    for lines in lines {
        let call = suite.call("/optional").headers(lines);
        suite.row(&format!("optional, {lines:?}"), to, call, Answer::served("anonymous")).await;
        let call = suite.call("/demanding").headers(lines);
        let row = format!("a strict extractor behind an optional layer, {lines:?}");
        suite.row(&row, to, call, missing(&[BEARER, DPOP])).await;
    }
    for route in ["/optional", "/demanding"] {
        let call = suite.bearer(route, "");
        suite.row(&format!("a good Bearer token at {route}"), to, call, Answer::served(SUBJECT)).await;
        let call = suite.proven(&suite.world.tenant.token_holder(), to, route);
        suite.row(&format!("a bound token at {route}"), to, call, Answer::served(SUBJECT)).await;
    }
}

async fn rejected<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let on_bearer = |status, error: &str, description: &str| {
        let challenge = format!(r#"Bearer realm="api", error="{error}", error_description="{description}""#);
        Answer::rejected(status, &[&challenge, DPOP], error, description)
    };
    for route in ["/optional", "/demanding"] {
        let call = suite.bad_bearer(route);
        let expected = on_bearer(401, "invalid_token", "the access token is not for this API");
        suite.row(&format!("a bad token at {route}"), to, call, expected).await;
        let call = suite.call(route).header("authorization", "Bearer");
        let expected = on_bearer(400, "invalid_request", "the access token is malformed");
        suite.row(&format!("malformed credentials at {route}"), to, call, expected).await;
        let call = suite.call(route).header("authorization", "Bearer a").header("authorization", "Basic b");
        let expected = on_bearer(400, "invalid_request", "more than one Authorization header was sent");
        suite.row(&format!("repeated credentials at {route}"), to, call, expected).await;
    }
}
