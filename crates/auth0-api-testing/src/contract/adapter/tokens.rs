//! Invalid tokens. The challenge of the scheme that the client used contains the error. The challenge of the other
//! scheme contains no error.

use std::time::Duration;

use auth0_api_core::DpopPolicy;

use super::credentials::{BEARER, DPOP};
use super::suite::Suite;
use super::{Answer, Harness};

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    let mint = || suite.world.tenant.mint();
    let holder = suite.world.tenant.token_holder();
    for (token, description) in [
        ("opaque".to_owned(), "the access token is not a JWT"),
        ("a.b.c".to_owned(), "the access token is malformed"),
        ("a.b.c.d.e".to_owned(), "encrypted access tokens are not supported"),
        (mint().header("alg", "none").sign(), "the signature algorithm is missing or unknown"),
        (mint().header("alg", "HS256").sign(), "symmetric signature algorithms are not supported"),
        (mint().header("alg", "ES256").sign(), "the signature algorithm is not allowed"),
        (mint().header("typ", "dpop+jwt").sign(), "the token is not an access token"),
        (mint().header("kid", "unknown").sign(), "the signing key of the access token is unknown"),
        (mint().issuer("https://elsewhere.example.com/").sign(), "the issuer of the access token is not trusted"),
        (mint().raw_signature("AA").sign(), "the signature of the access token is invalid"),
        (mint().audience("https://elsewhere.example.com").sign(), "the access token is not for this API"),
        (mint().expires_in(Duration::ZERO).sign(), "the access token has expired"),
        (mint().without_claim("exp").sign(), "a claim is missing in the access token"),
        (holder.token.clone(), "the access token is bound to a key and needs the DPoP scheme"),
    ] {
        let error = format!(r#"Bearer realm="api", error="invalid_token", error_description="{description}""#);
        let expected = Answer::rejected(401, &[&error, DPOP], "invalid_token", description);
        let call = suite.call("/private").bearer(&token);
        suite.row(&format!("a Bearer token, and {description}"), to, call, expected).await;
    }
    as_dpop(suite).await;
}

async fn as_dpop<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    let expired = suite.holder(|token| token.expires_in(Duration::ZERO));
    let unbound = suite.holder(|token| token.without_claim("cnf"));
    for (holder, description) in
        [(expired, "the access token has expired"), (unbound, "the access token is not bound to a key")]
    {
        let error = format!(r#"DPoP error="invalid_token", error_description="{description}", algs="ES256""#);
        let expected = Answer::rejected(401, &[BEARER, &error], "invalid_token", description);
        let call = suite.proven(&holder, to, "/private");
        suite.row(&format!("a DPoP token, and {description}"), to, call, expected).await;
    }
}
