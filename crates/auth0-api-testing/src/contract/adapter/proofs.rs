//! Proofs that are missing, invalid, repeated or replayed, and too many proofs of one key.

use std::net::SocketAddr;
use std::time::Duration;

use auth0_api_core::dpop::MemoryReplayStore;
use auth0_api_core::{Clock as _, DpopPolicy};

use super::credentials::{BEARER, DPOP, SUBJECT};
use super::suite::Suite;
use super::{Answer, Harness};

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    missing(suite, to).await;
    beside_bearer(suite, to).await;
    invalid(suite, to).await;
    repeated(suite, to).await;
    replayed(suite, to).await;
    too_many(suite).await;
}

async fn missing<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let token = suite.world.tenant.token_holder().token;
    let error = r#"DPoP error="invalid_request", error_description="the DPoP scheme needs a proof", algs="ES256""#;
    let rejected = Answer::rejected(400, &[BEARER, error], "invalid_request", "the DPoP scheme needs a proof");
    let call = suite.call("/private").header("authorization", format!("DPoP {token}"));
    suite.row("a bound token without a proof", to, call, rejected.clone()).await;
    let call = suite.call("/private").dpop(&token, "");
    suite.row("a bound token with an empty proof", to, call, rejected).await;
}

async fn beside_bearer<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let description = "a proof needs the DPoP scheme and a bound token";
    let error = format!(r#"Bearer realm="api", error="invalid_request", error_description="{description}""#);
    let proof = suite.proof(&suite.world.tenant.token_holder(), to, "/private").sign();
    let call = suite.bearer("/private", "").header("dpop", proof);
    let rejected = Answer::rejected(400, &[&error, DPOP], "invalid_request", description);
    suite.row("a proof beside an unbound Bearer token", to, call, rejected).await;
}

async fn invalid<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let holder = suite.world.tenant.token_holder();
    let proof = || suite.proof(&holder, to, "/private");
    let before = suite.world.clock.now() - Duration::from_secs(301);
    let table = [
        ("not-a-proof".to_owned(), "the proof is malformed"),
        (proof().claim("htm", "PATCH").sign(), "the proof was made for another method"),
        (proof().claim("htu", suite.url(to, "/elsewhere")).sign(), "the proof was made for another URL"),
        (proof().access_token("another").sign(), "the proof was made for another access token"),
        (proof().issued_at(before).sign(), "the proof is too old or from the future"),
        (proof().header("typ", "JWT").sign(), "the type of the proof is not dpop+jwt"),
        (proof().raw_signature("AA").sign(), "the signature of the proof is invalid"),
        (proof().without_claim("jti").sign(), "a claim of the proof is missing or malformed"),
    ];
    for (proof, description) in table {
        let error = format!(r#"DPoP error="invalid_dpop_proof", error_description="{description}", algs="ES256""#);
        let rejected = Answer::rejected(401, &[BEARER, &error], "invalid_dpop_proof", description);
        let call = suite.call("/private").dpop(&holder.token, proof);
        suite.row(&format!("a proof, and {description}"), to, call, rejected).await;
    }

    // RFC 9449 §7.1, figure 16: a stolen token with a proof of another key.
    let other_holder = suite.world.tenant.dpop_client().holding(holder.token);
    let description = "the access token is bound to another key than the proof's";
    let error = format!(r#"DPoP error="invalid_token", error_description="{description}", algs="ES256""#);
    let rejected = Answer::rejected(401, &[BEARER, &error], "invalid_token", description);
    let call = suite.proven(&other_holder, to, "/private");
    suite.row("a proof of another key", to, call, rejected).await;
}

async fn repeated<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let error = r#"DPoP error="invalid_dpop_proof", error_description="exactly one proof must be sent", algs="ES256""#;
    let rejected = Answer::rejected(401, &[BEARER, error], "invalid_dpop_proof", "exactly one proof must be sent");
    let holder = suite.world.tenant.token_holder();
    let proof = suite.proof(&holder, to, "/private").sign();
    let call = suite.call("/private").dpop(&holder.token, proof.clone()).header("DPoP", proof.clone());
    suite.row("two lines with proofs", to, call, rejected.clone()).await;
    let call = suite.call("/private").dpop(&holder.token, format!("{proof}, {proof}"));
    suite.row("two proofs in one line", to, call, rejected).await;
}

async fn replayed<H: Harness>(suite: &mut Suite<'_, H>, to: SocketAddr) {
    let error = r#"DPoP error="invalid_dpop_proof", error_description="the proof has been used before", algs="ES256""#;
    let rejected = Answer::rejected(401, &[BEARER, error], "invalid_dpop_proof", "the proof has been used before");
    let call = suite.proven(&suite.world.tenant.token_holder(), to, "/private");
    suite.row("a proof for the first time", to, call.clone(), Answer::served(SUBJECT)).await;
    suite.row("a proof for the second time", to, call, rejected).await;
}

async fn too_many<H: Harness>(suite: &mut Suite<'_, H>) {
    let store = MemoryReplayStore::new().per_key_quota(1);
    let to = suite.open(DpopPolicy::accept().replay_store(store)).await;
    let holder = suite.world.tenant.token_holder();
    let call = suite.proven(&holder, to, "/private");
    suite.row("a proof within its key's quota", to, call, Answer::served(SUBJECT)).await;
    let description = "too many proofs of one key in a short time";
    let rejected = Answer::rejected(429, &[], "too_many_requests", description).with("retry-after", "301");
    let call = suite.proven(&holder, to, "/private");
    suite.row("a proof beyond its key's quota", to, call, rejected).await;
}
