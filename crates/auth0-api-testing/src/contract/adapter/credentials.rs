//! Credentials that are missing, malformed, repeated, or of a scheme that is not offered; and valid credentials.

use auth0_api_core::DpopPolicy;

use super::suite::Suite;
use super::{Answer, Harness};

pub(super) const BEARER: &str = r#"Bearer realm="api""#;
pub(super) const DPOP: &str = r#"DPoP algs="ES256""#;
pub(super) const SUBJECT: &str = "auth0|local-user";
const MISSING: &str = "no access token was presented: send `Authorization: Bearer <token>`, or `Authorization: DPoP <token>` with a proof";

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    absent(suite).await;
    not_offered(suite).await;
    malformed(suite).await;
    repeated(suite).await;
    good(suite).await;
}

/// The rejection of a request without credentials by an API that offers both schemes. The challenges have no `error`
/// parameter (RFC 6750 §3.1). Each scheme has its own header line.
pub(super) fn missing(challenges: &[&str]) -> Answer {
    Answer::rejected(401, challenges, "missing_credentials", MISSING)
}

async fn absent<H: Harness>(suite: &mut Suite<'_, H>) {
    let lines: [&[(&str, &str)]; 5] = [
        &[],
        &[("authorization", "")],
        &[("authorization", "Basic dXNlcjpwYXNz")],
        &[("authorization", "Negotiate")],
        &[("dpop", "a proof alone")],
    ];
    for (policy, challenges, description) in [
        (DpopPolicy::accept(), &[BEARER, DPOP][..], MISSING),
        (
            DpopPolicy::require(),
            &[DPOP],
            "no access token was presented: send `Authorization: DPoP <token>` with a proof",
        ),
        (DpopPolicy::ignore(), &[BEARER], "no access token was presented: send `Authorization: Bearer <token>`"),
    ] {
        let to = suite.open(policy).await;
        for lines in lines {
            let call = suite.call("/private").headers(lines);
            let rejected = Answer::rejected(401, challenges, "missing_credentials", description);
            suite.row(&format!("no credentials, {lines:?}"), to, call, rejected).await;
        }
    }
}

async fn not_offered<H: Harness>(suite: &mut Suite<'_, H>) {
    let rejected = |challenge, description| Answer::rejected(401, &[challenge], "missing_credentials", description);
    let to = suite.open(DpopPolicy::require()).await;
    let call = suite.bearer("/private", "");
    suite.row("a Bearer token where DPoP is required", to, call, rejected(DPOP, "this API takes DPoP only")).await;

    let to = suite.open(DpopPolicy::ignore()).await;
    let call = suite.proven(&suite.world.tenant.token_holder(), to, "/private");
    suite.row("a DPoP token where DPoP is ignored", to, call, rejected(BEARER, "this API takes Bearer only")).await;
}

async fn malformed<H: Harness>(suite: &mut Suite<'_, H>) {
    let on_bearer = |description: &str| {
        let error = format!(r#"Bearer realm="api", error="invalid_request", error_description="{description}""#);
        Answer::rejected(400, &[&error, DPOP], "invalid_request", description)
    };
    let on_dpop = |description: &str| {
        let error = format!(r#"DPoP error="invalid_request", error_description="{description}", algs="ES256""#);
        Answer::rejected(400, &[BEARER, &error], "invalid_request", description)
    };
    let to = suite.open(DpopPolicy::accept()).await;
    let too_long = "a".repeat(16 * 1024 + 1);
    for (value, expected) in [
        ("Bearer", on_bearer("the access token is malformed")),
        ("bearer a b", on_bearer("the access token is malformed")),
        ("Bearer a,b", on_bearer("the access token is malformed")),
        ("Bearer \u{e9}", on_bearer("the access token is malformed")),
        ("DPoP", on_dpop("the access token is malformed")),
        ("dpop a, DPoP b", on_dpop("the access token is malformed")),
        (&format!("Bearer {too_long}"), on_bearer("the access token is too long")),
        (&format!("DPoP {too_long}"), on_dpop("the access token is too long")),
    ] {
        let call = suite.call("/private").header("authorization", value);
        let row = format!("malformed credentials, {:?}", value.chars().take(20).collect::<String>());
        suite.row(&row, to, call, expected).await;
    }
}

async fn repeated<H: Harness>(suite: &mut Suite<'_, H>) {
    let bearer_error = r#"Bearer realm="api", error="invalid_request", error_description="more than one Authorization header was sent""#;
    let dpop_error = r#"DPoP error="invalid_request", error_description="more than one Authorization header was sent", algs="ES256""#;
    let token = suite.world.tenant.mint().sign();
    let (bearer, dpop) = (&*format!("Bearer {token}"), &*format!("DPoP {token}"));
    let to = suite.open(DpopPolicy::accept()).await;
    for ([first, second], challenges) in [
        ([bearer, bearer], [bearer_error, DPOP]),
        ([dpop, dpop], [BEARER, dpop_error]),
        ([bearer, dpop], [bearer_error, dpop_error]),
        ([bearer, "Basic dXNlcjpwYXNz"], [bearer_error, DPOP]),
        (["Basic dXNlcjpwYXNz", "Basic dXNlcjpwYXNz"], [bearer_error, dpop_error]),
    ] {
        let call = suite.call("/private").header("Authorization", first).header("authorization", second);
        let scheme = |value: &str| value.split(' ').next().unwrap_or_default().to_owned();
        let row = format!("two lines of credentials, {} and {}", scheme(first), scheme(second));
        let description = "more than one Authorization header was sent";
        suite.row(&row, to, call, Answer::rejected(400, &challenges, "invalid_request", description)).await;
    }
}

async fn good<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    let call = suite.call("/public");
    suite.row("a route without a layer", to, call, Answer::served("public")).await;
    let call = suite.bearer("/private", "");
    suite.row("a good Bearer token", to, call, Answer::served(SUBJECT)).await;
    let call = suite.call("/private").header("authorization", format!("bEARER   {}", suite.world.tenant.mint().sign()));
    suite.row("a scheme in another letter case, and more than one space", to, call, Answer::served(SUBJECT)).await;
    let call = suite.proven(&suite.world.tenant.token_holder(), to, "/private");
    suite.row("a bound token with a good proof", to, call, Answer::served(SUBJECT)).await;
    let padding = "p".repeat(10 * 1024);
    let call = suite.call("/private").bearer(&suite.world.tenant.mint().claim("padding", padding).sign());
    suite.row("a good token of more than 13 KiB", to, call, Answer::served(SUBJECT)).await;
}
