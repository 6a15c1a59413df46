//! The contract suite reports an adapter that fails rows of the suite. The adapter in this test fails several rows on
//! purpose.

use std::net::SocketAddr;

use auth0_api_testing::contract;
use auth0_api_testing::contract::adapter::{Answer, Call, Harness, Site};

use super::through_axum::Axum;

#[tokio::test]
async fn the_suite_reports_every_row_that_an_adapter_fails() {
    let outcome = tokio::spawn(async { contract::adapter(&Careless).await }).await;
    let panic = outcome.unwrap_err().into_panic();
    let report = panic.downcast_ref::<String>().unwrap();
    for row in [
        "no credentials, []",
        "a proof without the nonce is answered with one nonce",
        "the answer of /teapot contains the next nonce",
        "a tenant that does not serve its keys: Down",
        "a bound token without a scope",
        "two lines of credentials, Bearer and Bearer",
        "the absolute target http://evil.example/private",
        "a preflight request passes the CORS layer",
    ] {
        assert!(report.contains(row), "{row} is missing in: {report}");
    }
    // The report does not contain rows that the adapter passes.
    for row in ["a good Bearer token\n", "a proof for the second time", "target:"] {
        assert!(!report.contains(row), "{row} is in: {report}");
    }
}

/// The axum adapter, with parts of requests and answers removed.
struct Careless;

impl Harness for Careless {
    async fn open(&self, site: Site) -> SocketAddr {
        Axum.open(site).await
    }

    async fn send(&self, to: SocketAddr, call: Call) -> Answer {
        let no_credentials = !call.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let answer = Axum.send(to, without_repetition_and_authority(call)).await;
        match answer.status {
            200 if no_credentials => without(answer, "access-control-allow-origin"),
            401 if no_credentials => with_one_challenge(answer),
            401 | 418 => without(answer, "dpop-nonce"),
            403 => Answer::new(403, answer.headers, ""),
            503 => without(answer, "retry-after"),
            _ => answer,
        }
    }
}

fn without_repetition_and_authority(mut call: Call) -> Call {
    let mut first = true;
    let mut is_kept = |name: &str| !name.eq_ignore_ascii_case("authorization") || std::mem::take(&mut first);
    call.headers.retain(|(name, _)| is_kept(name));
    call.target = call.target.trim_start_matches("http://evil.example").to_owned();
    call
}

fn with_one_challenge(mut answer: Answer) -> Answer {
    let mut first = true;
    answer.headers.retain(|(name, _)| name != "www-authenticate" || std::mem::take(&mut first));
    answer
}

fn without(mut answer: Answer, header: &str) -> Answer {
    answer.headers.retain(|(name, _)| name != header);
    answer
}
