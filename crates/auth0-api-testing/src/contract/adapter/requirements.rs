//! Valid tokens that do not meet a route's requirement. The challenge of the scheme that the client used names all
//! required scopes.

use std::net::SocketAddr;

use auth0_api_core::DpopPolicy;

use super::credentials::{BEARER, DPOP, SUBJECT, missing};
use super::suite::Suite;
use super::{Answer, Harness};

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    let error = r#"Bearer realm="api", error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages read:drafts""#;
    let rejected = Answer::lacking(&[error, DPOP], "read:messages read:drafts");
    for scope in ["", "read:messages", "READ:MESSAGES read:drafts", "read:messages,read:drafts"] {
        let call = suite.bearer("/scoped", scope);
        suite.row(&format!("a Bearer token with the scopes {scope:?}"), to, call, rejected.clone()).await;
    }
    let call = suite.bearer("/scoped", "read:drafts other read:messages");
    suite.row("a Bearer token with all scopes", to, call, Answer::served(SUBJECT)).await;

    let error = r#"DPoP error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages read:drafts", algs="ES256""#;
    let rejected = Answer::lacking(&[BEARER, error], "read:messages read:drafts");
    let holder = suite.holder(|token| token.scope("read:messages"));
    let call = suite.proven(&holder, to, "/scoped");
    suite.row("a bound token without a scope", to, call, rejected).await;
    let holder = suite.holder(|token| token.scope("read:messages read:drafts"));
    let call = suite.proven(&holder, to, "/scoped");
    suite.row("a bound token with all scopes", to, call, Answer::served(SUBJECT)).await;

    let call = suite.call("/scoped");
    suite.row("no credentials at a route that requires scopes", to, call, missing(&[BEARER, DPOP])).await;
    typed(suite, to).await;
}

async fn typed<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let error = r#"Bearer realm="api", error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages""#;
    for (row, call, expected) in [
        ("no credentials", suite.call("/typed"), missing(&[BEARER, DPOP])),
        ("another scope", suite.bearer("/typed", "read:drafts"), Answer::lacking(&[error, DPOP], "read:messages")),
        ("the scope", suite.bearer("/typed", "read:messages"), Answer::served(SUBJECT)),
    ] {
        suite.row(&format!("an extractor that requires a scope: {row}"), to, call, expected).await;
    }
}
