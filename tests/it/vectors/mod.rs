//! Runs the conformance vectors of `tests/data`, or of the folder that `VECTORS_DIR` names.
//!
//! A case is data: a configuration, what the network answers, a request, and what must come of it. [`suite`] finds the files and
//! reports, [`case`](self::case) says what a case is, [`skip`] which ones wait for something that is not built, [`run`] who runs
//! a kind, [`expect`] when an outcome is the expected one. To see the tables:
//!
//! ```text
//! cargo test -p auth0-api-tests vectors -- --nocapture
//! VECTORS_DIR=../other/vectors cargo test -p auth0-api-tests vectors -- --nocapture
//! ```
//!
//! What does not fit fails: an unknown kind, capability or member, and a setting that the runner cannot express. A case is
//! skipped by a rule with a reason, or it runs.

mod act;
mod answer;
mod bench;
mod case;
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
fn files_of_other_names() {
    suite::run_others(&[
        "act", "attacks", "cache", "config", "domain", "dpop", "exchange", "gettoken", "htu", "prm", "verify",
    ]);
}
