//! The contract finds out the adapters that break it: each of these changes one thing on the way to axum or back.

use std::net::SocketAddr;

use auth0_api_testing::contract;
use auth0_api_testing::contract::adapter::{Answer, Call, Door, Site};

use super::axum_door::Axum;

#[tokio::test]
#[should_panic(expected = "no credentials")]
async fn an_adapter_that_sends_one_challenge_line_is_found_out() {
    run(unchanged, |mut answer| {
        let mut first = true;
        answer.headers.retain(|(name, _)| name != "www-authenticate" || std::mem::take(&mut first));
        answer
    })
    .await;
}

#[tokio::test]
#[should_panic(expected = "a proof without the nonce is answered with one nonce")]
async fn an_adapter_that_forgets_the_nonce_of_a_refusal_is_found_out() {
    run(unchanged, |answer| if answer.status == 401 { without(answer, "dpop-nonce") } else { answer }).await;
}

#[tokio::test]
#[should_panic(expected = "the next nonce comes with the answer of /teapot")]
async fn an_adapter_that_hands_nonces_on_with_successes_alone_is_found_out() {
    run(unchanged, |answer| if answer.status == 418 { without(answer, "dpop-nonce") } else { answer }).await;
}

#[tokio::test]
#[should_panic(expected = "a tenant that is out of order")]
async fn an_adapter_that_forgets_retry_after_is_found_out() {
    run(unchanged, |answer| without(answer, "retry-after")).await;
}

#[tokio::test]
#[should_panic(expected = "a bound token without a scope")]
async fn an_adapter_that_loses_a_body_is_found_out() {
    run(unchanged, |answer| match answer.status {
        403 => Answer::new(403, answer.headers, ""),
        _ => answer,
    })
    .await;
}

#[tokio::test]
#[should_panic(expected = "two lines of credentials, Bearer and Bearer")]
async fn an_adapter_that_reads_the_first_line_alone_is_found_out() {
    run(
        |mut call| {
            let mut first = true;
            let mut kept = |name: &str| !name.eq_ignore_ascii_case("authorization") || std::mem::take(&mut first);
            call.headers.retain(|(name, _)| kept(name));
            call
        },
        |answer| answer,
    )
    .await;
}

#[tokio::test]
#[should_panic(expected = "the absolute target http://evil.example/private")]
async fn an_adapter_that_drops_the_authority_of_a_target_is_found_out() {
    run(
        |mut call| {
            call.target = call.target.trim_start_matches("http://evil.example").to_owned();
            call
        },
        |answer| answer,
    )
    .await;
}

/// Runs the contract with a way of its own for calls and answers.
async fn run(call: fn(Call) -> Call, answer: fn(Answer) -> Answer) {
    contract::adapter(&Altered { call, answer }).await;
}

fn unchanged(call: Call) -> Call {
    call
}

fn without(mut answer: Answer, header: &str) -> Answer {
    answer.headers.retain(|(name, _)| name != header);
    answer
}

struct Altered {
    call: fn(Call) -> Call,
    answer: fn(Answer) -> Answer,
}

impl Door for Altered {
    async fn open(&self, site: Site) -> SocketAddr {
        Axum.open(site).await
    }

    async fn send(&self, to: SocketAddr, call: Call) -> Answer {
        (self.answer)(Axum.send(to, (self.call)(call)).await)
    }
}
