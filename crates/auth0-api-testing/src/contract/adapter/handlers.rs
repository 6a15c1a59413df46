//! Errors that a handler returns after the layer has admitted the request, and claims as a type of the application.

use std::net::SocketAddr;

use auth0_api_core::DpopPolicy;
use auth0_api_core::exchange::{InputError, TokenTextError};

use super::credentials::{BEARER, DPOP, missing};
use super::suite::Suite;
use super::{Answer, Harness, REJECTED};

/// The error of an exchange, which the handler of `/failing/exchange` returns. It does not record the scheme that the
/// client used.
pub const BLANK_SUBJECT: InputError = InputError::Token { parameter: "subject_token", problem: TokenTextError::Blank };

/// The headers that the layer inside `/failing/decorated` adds to the response of the handler.
pub const INNER_HEADERS: [(&str, &str); 9] = [
    ("set-cookie", "a=1"),
    ("set-cookie", "b=2"),
    ("vary", "accept-encoding"),
    ("vary", "origin"),
    ("content-security-policy", "default-src 'none'"),
    ("cache-control", "public, max-age=600"),
    ("content-language", "en"),
    ("etag", "\"v1\""),
    ("trailer", "expires"),
];

pub(super) const FAILING: &str = r#"error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="write:orders""#;

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    returned(suite, to).await;
    decorated(suite, to).await;
    claims(suite, to).await;
}

/// The rejection of `/failing`, with these challenges.
pub(super) fn failing(challenges: &[&str]) -> Answer {
    Answer::lacking(challenges, "write:orders")
}

async fn returned<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let on_bearer = format!("{BEARER}, {FAILING}");
    let call = suite.bearer("/failing", "read:orders");
    let answer = suite.row("an error of a handler", to, call, failing(&[&on_bearer, DPOP])).await;
    let label = answer.header(REJECTED) == Some("requirement_scope");
    suite.check("an audit layer finds the rejection of an error of a handler", label, &answer);
    let on_dpop = format!(r#"DPoP {FAILING}, algs="ES256""#);
    let call = suite.proven(&suite.world.tenant.token_holder(), to, "/failing");
    suite.row("an error of a handler, for a bound token", to, call, failing(&[BEARER, &on_dpop])).await;

    let description = "the token presented is malformed";
    let error = format!(r#"DPoP error="invalid_token", error_description="{description}", algs="ES256""#);
    let rejected = Answer::rejected(401, &[BEARER, &error], "invalid_token", description);
    let call = suite.proven(&suite.world.tenant.token_holder(), to, "/failing/exchange");
    suite.row("an error of an exchange goes on the challenge of the client's scheme", to, call, rejected).await;

    let call = suite.bearer("/failing/recovered", "");
    let recovered = Answer::new(200, Vec::new(), "recovered");
    suite.row("an error that a layer in between has handled", to, call, recovered).await;
    let call = suite.bearer("/failing/bare", "");
    suite.row("an error of a handler without a layer", to, call, Answer::misconfigured().unaudited()).await;
    let call = suite.call("/failing");
    suite.row("no credentials for a handler that fails", to, call, missing(&[BEARER, DPOP])).await;
}

async fn decorated<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let kept = ["set-cookie", "vary", "content-security-policy"];
    let error = format!("{BEARER}, {FAILING}");
    let kept = INNER_HEADERS.iter().filter(|(name, _)| kept.contains(name));
    let expected = kept.fold(failing(&[&error, DPOP]), |answer, (name, value)| answer.with(name, value));
    let call = suite.bearer("/failing/decorated", "read:orders");
    suite.row("an error of a handler keeps the headers of layers in between", to, call, expected).await;
}

async fn claims<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let description = "the access token lacks a claim that is needed here";
    let error = format!(r#"{BEARER}, error="insufficient_scope", error_description="{description}""#);
    let lacking = Answer::rejected(403, &[&error, DPOP], "insufficient_scope", description);
    for (row, call, expected) in [
        ("the claim", suite.bearer("/claims", "read:orders"), Answer::served("read:orders")),
        ("no credentials", suite.call("/claims"), missing(&[BEARER, DPOP])),
        ("another claim", suite.bearer("/claims/missing", ""), lacking),
        ("optional, no credentials", suite.call("/claims/optional"), Answer::served("anonymous")),
        ("optional, the claim", suite.bearer("/claims/optional", "read:orders"), Answer::served("read:orders")),
    ] {
        suite.row(&format!("claims as a type: {row}"), to, call, expected).await;
    }
}
