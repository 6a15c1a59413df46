//! Rows over HTTP/2: the URL is in pseudo-headers.

use auth0_api_core::DpopPolicy;

use super::credentials::{BEARER, DPOP, SUBJECT, missing};
use super::suite::Suite;
use super::target::{malformed, mismatch};
use super::transport::over_http2;
use super::{Answer, Call, Harness};

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let to = suite.open(DpopPolicy::accept()).await;
    let answer = over_http2(to, Call::new("GET", suite.harness.path("/private"))).await;
    suite.compare("HTTP/2: no credentials", answer, missing(&[BEARER, DPOP]));

    let own = to.to_string();
    let elsewhere = format!("http://elsewhere.example.com{}", suite.harness.path("/private"));
    for (row, htu, host, expected) in [
        ("a proof for the authority", suite.url(to, "/private"), None, Answer::served(SUBJECT)),
        ("a proof for another host than the authority", elsewhere.clone(), None, mismatch()),
        (
            "a proof for the authority, and a Host that agrees",
            suite.url(to, "/private"),
            Some(own.as_str()),
            Answer::served(SUBJECT),
        ),
        (
            "a proof for another host, and a Host that differs from the authority",
            elsewhere,
            Some("elsewhere.example.com"),
            malformed(),
        ),
    ] {
        for route in ["/private", "/nested/private"] {
            let htu = htu.replace(&suite.harness.path("/private"), &suite.harness.path(route));
            let holder = suite.world.tenant.token_holder();
            let call =
                Call::new("GET", suite.harness.path(route)).dpop(&holder.token, holder.proof("GET", &htu).sign());
            let call = host.iter().fold(call, |call, host| call.header("host", *host));
            suite.compare(&format!("HTTP/2: {row}, at {route}"), over_http2(to, call).await, expected.clone());
        }
    }
}
