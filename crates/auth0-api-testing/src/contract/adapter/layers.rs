//! Nested layers, layers of another client, missing layers, and layers with a hook.

use auth0_api_core::DpopPolicy;

use super::credentials::{BEARER, DPOP, SUBJECT, missing};
use super::handlers::FAILING;
use super::suite::Suite;
use super::{Answer, Call, Harness};

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    nested(suite).await;
    foreign(suite).await;
    absent(suite).await;
    hooked(suite).await;
}

async fn nested<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    for (route, row) in [("/twice", "a layer in a layer"), ("/nested/private", "a router in a router")] {
        let call = suite.proven(&suite.world.tenant.token_holder(), to, route);
        suite.row(&format!("a bound token through {row}"), to, call, Answer::served(SUBJECT)).await;
        let call = suite.call(route);
        suite.row(&format!("no credentials, through {row}"), to, call, missing(&[BEARER, DPOP])).await;
    }
    let call = suite.bearer("/teapot", "");
    let teapot = Answer::new(418, Vec::new(), "teapot");
    suite.row("an error of the handler", to, call, teapot).await;
}

async fn foreign<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    let error =
        r#"Bearer realm="api", error="invalid_token", error_description="the access token is not for this API""#;
    let description = "the access token is not for this API";
    let rejected = Answer::rejected(401, &[error, DPOP], "invalid_token", description);
    let call = suite.bearer("/both", "");
    suite.row("a layer of another client verifies the token again", to, call, rejected).await;
    let token =
        suite.world.tenant.mint().audiences([suite.world.tenant.audience(), "https://other.example.com"]).sign();
    let call = suite.call("/both").bearer(&token);
    suite.row("a token for both clients", to, call, Answer::served(SUBJECT)).await;
    let call = suite.bearer("/stripped", "");
    let row = "a token of another client is not in the request if an inner layer admits a request without one";
    suite.row(row, to, call, Answer::served("anonymous")).await;
    let call = suite.bearer("/misplaced", "read:messages");
    let row = "a requirement accepts no token that another client has verified";
    suite.row(row, to, call, Answer::misconfigured()).await;
}

async fn absent<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    for route in ["/bare", "/bare/optional", "/bare/address", "/bare/scoped"] {
        let call = suite.call(route);
        suite.row(&format!("no credentials at {route}, which has no layer"), to, call, Answer::misconfigured()).await;
        let call = suite.bearer(route, "read:messages");
        suite.row(&format!("a good token at {route}, which has no layer"), to, call, Answer::misconfigured()).await;
    }
}

async fn hooked<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    let problem = |status, challenge: &str, label: &str| {
        let body = format!(r#"{{"title":"{label}","id":"r-17"}}"#);
        let answer = Answer::new(status, Vec::new(), body).with("www-authenticate", challenge).audited();
        answer.with("www-authenticate", DPOP).with("content-type", "application/problem+json")
    };
    let identified = |call: Call| call.header("x-request-id", "r-17");
    let call = identified(suite.call("/hooked"));
    suite.row("the hook of a layer", to, call, problem(401, BEARER, "credentials_missing")).await;
    let error = r#"Bearer realm="api", error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="admin""#;
    let call = identified(suite.bearer("/hooked", ""));
    suite.row("the hook of a requirement", to, call, problem(403, error, "requirement_scope")).await;
    let error = format!("{BEARER}, {FAILING}");
    let call = identified(suite.bearer("/hooked/failing", ""));
    suite.row("the hook of an error of a handler", to, call, problem(403, &error, "requirement_scope")).await;
    let call = identified(suite.call("/hooked/demanding"));
    let row = "the hook of a layer, and the rejection of an extractor";
    suite.row(row, to, call, problem(401, BEARER, "credentials_missing")).await;
    let call = suite.bearer("/hooked", "admin");
    suite.row("a good token at a route with a hook", to, call, Answer::served(SUBJECT)).await;
}
