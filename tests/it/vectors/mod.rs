//! Runs the conformance vectors of `tests/data`, or of the folder in the environment variable `VECTORS_DIR`.
//!
//! A case is data: a configuration, the answers of the network, a request, and the expected result. To see the tables:
//!
//! ```text
//! cargo test -p auth0-api-tests vectors -- --nocapture
//! VECTORS_DIR=../other/vectors cargo test -p auth0-api-tests vectors -- --nocapture
//! ```
//!
//! A case fails if it has an unknown kind, capability or member, or a setting that the runner cannot express. A case is
//! skipped only by a rule with a reason. Every other case runs.
//!
//! # How a case flows through the modules
//!
//! ```text
//!              tests/data/TOPIC.json
//!                        |
//!                      suite                      finds the file, reads its cases
//!                        |
//!                      case                       parses one case
//!                        |
//!                      skip                       skips it if it needs a capability that is not built
//!                        |
//!                       run                       calls the function of the case's kind
//!        +---------------+---------------+
//!        |               |               |
//!     verify          exchange   act, pure, metadata
//!        |               |               |
//!   case_client          |               |
//!        |               |               |
//!     client           client            |        builds the client from the `config` of the case
//!        |               |               |
//! network, resolver   network            |        answer its requests from the script of the case
//!        |               |               |
//!       via              |               |        presents the request: core's own calls, or the axum layer
//!        |               |               |
//!     answer             |               |        claims or rejection; grammar and foreign check the response
//!        +---------------+---------------+
//!                        |
//!                     outcome                     the result as JSON members, and violations
//!                        |
//!             expect, exchange_expect             compare it with `expect` and `also_acceptable`
//!                        |
//!                     report                      counts, and every failure as text
//! ```
//!
//! | module | responsibility |
//! |---|---|
//! | `suite` | finds the files, reads their cases, runs each case and prints the report |
//! | `case` | the JSON schema of files, cases and requests |
//! | `skip` | the capabilities that cases can need, and the reasons to skip a case |
//! | `run` | runs a case by its kind, on a separate runtime |
//! | `verify` | the kinds `verify_request`, `verify_access_token` and `verify_sequence` |
//! | `exchange` | the kind `exchange` |
//! | `act` | the kind `act`: actors of a token that a local tenant signed |
//! | `pure` | kinds without token and network: URLs, challenges, domains, configurations, `extract_token` |
//! | `metadata` | the kind `protected_resource_metadata` |
//! | `case_client` | a client with empty caches, and the calls of one case to it |
//! | `client` | builds a client from the configuration of a case |
//! | `network` | an HTTP client with scripted answers, which records the requests |
//! | `resolver` | a domain resolver with a scripted answer, which records the contexts |
//! | `via` | presents a request or token: by core's own calls, or through the axum layer |
//! | `answer` | the response: the claims of a verified token, or a rejection as sent to the client |
//! | `grammar` | parses challenges strictly by RFC 9110 |
//! | `foreign` | texts of the token, the proof and the network, which a response must not repeat |
//! | `outcome` | the result of a case, with the member names of the vectors |
//! | `expect` | compares an outcome with the expectation |
//! | `exchange_expect` | the comparison rules that only exchanges have |
//! | `report` | counts, failures and skips of a file |

mod act;
mod answer;
mod case;
mod case_client;
mod client;
mod exchange;
mod exchange_expect;
mod expect;
mod foreign;
mod grammar;
mod metadata;
mod network;
mod outcome;
mod pure;
mod report;
mod resolver;
mod run;
mod skip;
mod suite;
mod verify;
mod via;

#[test]
fn act() {
    suite::run("act");
}

#[test]
fn attacks() {
    suite::run("attacks");
}

#[test]
fn cache() {
    suite::run("cache");
}

#[test]
fn config() {
    suite::run("config");
}

#[test]
fn domain() {
    suite::run("domain");
}

#[test]
fn dpop() {
    suite::run("dpop");
}

#[test]
fn exchange() {
    suite::run("exchange");
}

#[test]
fn gettoken() {
    suite::run("gettoken");
}

#[test]
fn htu() {
    suite::run("htu");
}

#[test]
fn prm() {
    suite::run("prm");
}

#[test]
fn verify() {
    suite::run("verify");
}

#[test]
fn other_files() {
    suite::run_others(&[
        "act", "attacks", "cache", "config", "domain", "dpop", "exchange", "gettoken", "htu", "prm", "verify",
    ]);
}
