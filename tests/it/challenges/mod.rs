//! Every response in the table of `rejection/row.rs`, as a client receives it over a socket: the status, all headers in
//! their order, and the body.

mod credentials;
mod hook;
mod insufficient;
mod metadata;
mod proofs;
mod tokens;
mod trouble;

use auth0_api_core::DpopPolicy;

use auth0_api_testing::TestWorld;

use crate::api::{Answer, Api};

/// One API for each DPoP mode, with default settings otherwise.
struct Modes {
    world: TestWorld,
    accept: Api,
    require: Api,
    ignore: Api,
}

/// The status, and `error` and `error_description` of the body.
type Rejected<'r> = (u16, &'r str, &'r str);

impl Modes {
    async fn new() -> Self {
        let world = TestWorld::start().await;
        let accept = Api::start(&world.builder().dpop(DpopPolicy::accept()).build().unwrap()).await;
        let require = Api::start(&world.builder().dpop(DpopPolicy::require()).build().unwrap()).await;
        let ignore = Api::start(&world.builder().dpop(DpopPolicy::ignore()).build().unwrap()).await;
        Self { world, accept, require, ignore }
    }
}

/// Without credentials, where both schemes are offered.
const MISSING: Rejected<'_> = (
    401,
    "missing_credentials",
    "no access token was presented: send `Authorization: Bearer <token>`, or `Authorization: DPoP <token>` with a proof",
);
/// Without credentials, where only DPoP is offered.
const MISSING_DPOP: Rejected<'_> =
    (401, "missing_credentials", "no access token was presented: send `Authorization: DPoP <token>` with a proof");

/// Asserts the whole response: the status, these challenges, a JSON body, and no other headers.
fn assert_rejected(answer: &Answer, challenges: &[&str], rejected: Rejected<'_>) {
    assert_rejected_naming(answer, challenges, rejected, "");
}

/// As [`assert_rejected`], with these further members of the body.
fn assert_rejected_naming(
    answer: &Answer,
    challenges: &[&str],
    (status, error, description): Rejected<'_>,
    named: &str,
) {
    let mut expected = vec![status.to_string()];
    expected.extend(challenges.iter().map(|challenge| format!("www-authenticate: {challenge}")));
    expected.push("content-type: application/json".to_owned());
    expected.push(String::new());
    expected.push(format!(r#"{{"error":"{error}","error_description":"{description}"{named}}}"#));
    assert_eq!(answer.lines(), expected);
}
