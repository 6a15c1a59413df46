//! The URL that a proof must be for: the URL that the client called.

use std::net::SocketAddr;

use auth0_api_core::{DpopPolicy, TrustedProxies};

use super::credentials::{BEARER, SUBJECT};
use super::suite::Suite;
use super::{Answer, Harness};
use crate::must::must;

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    by_default(suite).await;
    behind_hops(suite).await;
    behind_networks(suite).await;
    with_public_url(suite).await;
}

/// The rejection of a proof for another URL.
pub(super) fn mismatch() -> Answer {
    let description = "the proof was made for another URL";
    let error = format!(r#"DPoP error="invalid_dpop_proof", error_description="{description}", algs="ES256""#);
    Answer::rejected(401, &[BEARER, &error], "invalid_dpop_proof", description)
}

/// The rejection of a request with a malformed URL.
pub(super) fn malformed() -> Answer {
    let description = "the URL of the request is malformed";
    let error = format!(r#"DPoP error="invalid_request", error_description="{description}", algs="ES256""#);
    Answer::rejected(400, &[BEARER, &error], "invalid_request", description)
}

async fn by_default<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    let (private, nested) = (suite.harness.path("/private"), suite.harness.path("/nested/private"));
    let forwarded: &[(&str, &str)] = &[
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "public.example.com"),
        ("x-forwarded-prefix", "/v1"),
        ("forwarded", "proto=https;host=public.example.com"),
    ];
    for (row, route, lines, htu, expected) in [
        ("the path that a nested router sees", "/nested/private", &[][..], format!("http://{to}{private}"), mismatch()),
        ("the path that was called", "/nested/private", &[], format!("http://{to}{nested}"), Answer::served(SUBJECT)),
        (
            "untrusted forwarded headers, and a proof for their URL",
            "/private",
            forwarded,
            format!("https://public.example.com/v1{private}"),
            mismatch(),
        ),
        (
            "untrusted forwarded headers, and a proof for the URL of the connection",
            "/private",
            forwarded,
            format!("http://{to}{private}"),
            Answer::served(SUBJECT),
        ),
        ("https on a connection without TLS", "/private", &[], format!("https://{to}{private}"), mismatch()),
        ("another host", "/private", &[], format!("http://elsewhere.example.com{private}"), mismatch()),
        ("another letter case", "/private", &[], format!("http://{to}{}", private.to_uppercase()), mismatch()),
        ("an additional slash", "/private", &[], format!("http://{to}{private}/"), mismatch()),
    ] {
        target_row(suite, row, to, (route, lines), &htu, expected).await;
    }
}

async fn behind_hops<H: Harness>(suite: &mut Suite<'_, H>) {
    let private = suite.harness.path("/private");
    let to = suite.open_with(|builder| builder.trusted_proxies(TrustedProxies::hops(1))).await;
    let lines: &[(&str, &str)] =
        &[("x-forwarded-proto", "http, https"), ("x-forwarded-host", "evil.example, public.example.com")];
    for (row, htu, expected) in [
        (
            "the URL that the trusted proxy forwards",
            format!("https://public.example.com{private}"),
            Answer::served(SUBJECT),
        ),
        (
            "the URL that the client writes into the forwarded headers",
            format!("http://evil.example{private}"),
            mismatch(),
        ),
        ("the URL that the server sees behind the proxy", format!("http://{to}{private}"), mismatch()),
    ] {
        target_row(suite, row, to, ("/private", lines), &htu, expected).await;
    }
    let lines: &[(&str, &str)] = &[
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-host", "public.example.com"),
        ("x-forwarded-prefix", "/v1"),
    ];
    let htu = format!("https://public.example.com/v1{private}");
    let row = "forwarded headers in several lines, and a prefix";
    target_row(suite, row, to, ("/private", lines), &htu, Answer::served(SUBJECT)).await;
    let to = suite.open_with(|builder| builder.trusted_proxies(TrustedProxies::hops(2))).await;
    let lines: &[(&str, &str)] = &[("x-forwarded-proto", "https"), ("x-forwarded-host", "public.example.com")];
    let htu = format!("https://public.example.com{private}");
    target_row(suite, "fewer entries than hops", to, ("/private", lines), &htu, malformed()).await;
}

async fn behind_networks<H: Harness>(suite: &mut Suite<'_, H>) {
    let htu = format!("https://public.example.com{}", suite.harness.path("/private"));
    let lines: &[(&str, &str)] = &[("x-forwarded-proto", "https"), ("x-forwarded-host", "public.example.com")];
    for (network, expected) in [("127.0.0.0/8", Answer::served(SUBJECT)), ("10.0.0.0/8", mismatch())] {
        let proxies = must(TrustedProxies::networks([network]), "parsing a network");
        let to = suite.open_with(|builder| builder.trusted_proxies(proxies)).await;
        let row = format!("a peer on the loopback address, and {network} is trusted");
        target_row(suite, &row, to, ("/private", lines), &htu, expected).await;
    }
}

async fn with_public_url<H: Harness>(suite: &mut Suite<'_, H>) {
    let private = suite.harness.path("/private");
    let nested = suite.harness.path("/nested/private");
    let to = suite.open_with(|builder| builder.public_url("https://public.example.com/v1")).await;
    let lines: &[(&str, &str)] = &[("x-forwarded-host", "evil.example")];
    for (route, htu, expected) in [
        ("/private", format!("https://public.example.com/v1{private}"), Answer::served(SUBJECT)),
        ("/nested/private", format!("https://public.example.com/v1{nested}"), Answer::served(SUBJECT)),
        ("/private", format!("https://public.example.com{private}"), mismatch()),
        ("/private", format!("http://{to}{private}"), mismatch()),
    ] {
        let row = format!("a public URL, and a proof for {htu}");
        target_row(suite, &row, to, (route, lines), &htu, expected).await;
    }
}

/// Runs a row: a call to a route with these header lines, and a proof for the URL `htu`.
async fn target_row<H: Harness>(
    suite: &mut Suite<'_, H>,
    row: &str,
    to: SocketAddr,
    (route, lines): (&str, &[(&str, &str)]),
    htu: &str,
    expected: Answer,
) {
    let holder = suite.world.tenant.token_holder();
    let proof = holder.proof(suite.harness.method(), htu).sign();
    let call = suite.call(route).headers(lines).dpop(&holder.token, proof);
    suite.row(&format!("target: {row}"), to, call, expected).await;
}
