//! The DPoP nonce: the server sends the nonce with a rejection. After the nonce has changed, every response to a proof
//! with the previous nonce contains the new nonce.

use std::net::SocketAddr;
use std::time::Duration;

use auth0_api_core::DpopPolicy;
use auth0_api_core::dpop::RotatingNonce;

use super::credentials::{BEARER, SUBJECT};
use super::handlers::{FAILING, failing};
use super::suite::Suite;
use super::{Answer, Call, Harness};
use crate::TokenHolder;
use crate::must::must;

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let nonces = must(RotatingNonce::new([[1; 32]]), "making nonces from a secret of 32 octets");
    let to = suite.open(DpopPolicy::accept().nonce(nonces)).await;
    let holder = suite.world.tenant.token_holder();
    let first = requested_nonce(suite, &holder, to).await;

    let call = proven(suite, &holder, to, "/private", &first);
    suite.row("a proof with the nonce", to, call, Answer::served(SUBJECT)).await;
    let call = proven(suite, &holder, to, "/caching", &first);
    let own = Answer::served(SUBJECT).with("cache-control", "public, max-age=60").with("dpop-nonce", "stale");
    suite.row("a handler's cache-control and dpop-nonce, while the nonce is current", to, call, own).await;
    let call = suite.bearer("/private", "");
    suite.row("a Bearer token where proofs need a nonce", to, call, Answer::served(SUBJECT)).await;

    suite.world.clock.advance(STEP);
    let second = requested_nonce(suite, &holder, to).await;
    let error = r#"DPoP error="insufficient_scope", error_description="the access token lacks a scope that is needed here", scope="read:messages read:drafts", algs="ES256""#;
    for (route, answer) in [
        ("/private", Answer::served(SUBJECT)),
        ("/nested/private", Answer::served(SUBJECT)),
        ("/twice", Answer::served(SUBJECT)),
        ("/caching", Answer::served(SUBJECT)),
        ("/teapot", Answer::new(418, Vec::new(), "teapot")),
        ("/scoped", Answer::lacking(&[BEARER, error], "read:messages read:drafts")),
        ("/failing", failing(&[BEARER, &format!(r#"DPoP {FAILING}, algs="ES256""#)])),
    ] {
        let call = proven(suite, &holder, to, route, &first);
        let expected = answer.with("dpop-nonce", &second).with("cache-control", "no-store");
        suite.row(&format!("the answer of {route} contains the next nonce"), to, call, expected).await;
    }
    let call = proven(suite, &holder, to, "/private", &second);
    suite.row("a proof with the next nonce", to, call, Answer::served(SUBJECT)).await;
}

/// Sends a proof without a nonce, checks the rejection, and returns the nonce in it.
async fn requested_nonce<H: Harness>(suite: &mut Suite<'_, H>, holder: &TokenHolder, to: SocketAddr) -> String {
    let answer = suite.harness.send(to, suite.proven(holder, to, "/private")).await;
    let nonce = answer.header("dpop-nonce").unwrap_or_default().to_owned();
    suite.check("a proof without the nonce is answered with one nonce of 43 characters", nonce.len() == 43, &answer);
    let description = "the proof needs the nonce of the DPoP-Nonce header";
    let error = format!(r#"DPoP error="use_dpop_nonce", error_description="{description}", algs="ES256""#);
    let advice = format!("{description}: retry the request with a proof that has it");
    let expected = Answer::rejected(401, &[BEARER, &error], "use_dpop_nonce", &advice);
    let expected = expected.with("dpop-nonce", &nonce).with("cache-control", "no-store");
    suite.compare("a proof without the nonce", answer, expected);
    nonce
}

fn proven<H: Harness>(suite: &Suite<'_, H>, holder: &TokenHolder, to: SocketAddr, route: &str, nonce: &str) -> Call {
    suite.call(route).dpop(&holder.token, suite.proof(holder, to, route).nonce(nonce).sign())
}

/// The time after which the nonce changes. The previous nonce stays valid until the next change.
const STEP: Duration = Duration::from_secs(60);
