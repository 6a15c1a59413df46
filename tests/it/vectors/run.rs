//! Runs one case by its kind, on a separate runtime.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::runtime::Builder;

use super::case::Case;
use super::case_client::CALL_MEMBERS;
use super::outcome::Outcome;
use super::{act, exchange, metadata, pure, verify};

/// Runs a case and checks its outcomes. A panic fails the case, not the whole run.
///
/// # Errors
///
/// Describes the difference from the expectation.
pub(super) fn case(case: &Case) -> Result<(), String> {
    let run = || {
        let runtime = runtime(case).map_err(|error| error.to_string())?;
        let (outcomes, known) = runtime.block_on(outcomes(case))?;
        outcomes.iter().try_for_each(|outcome| case.expectation.check(outcome, known))
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err("panicked, see above".to_owned()))
}

/// Returns a runtime with one thread, so that `Network::settle` can wait for background tasks.
///
/// The time of the runtime is paused: when all tasks wait, tokio advances the time to the next timer, so that time
/// limits take no real time. For the kind `act`, the time is not paused, because its tasks wait for real sockets.
fn runtime(case: &Case) -> std::io::Result<tokio::runtime::Runtime> {
    Builder::new_current_thread().enable_all().start_paused(case.kind != "act").build()
}

/// Returns the outcomes of a case, and the members that an `expect` of its kind can have.
async fn outcomes(case: &Case) -> Result<(Vec<Outcome>, &'static [&'static str]), String> {
    let one = |outcome: Result<Outcome, String>| outcome.map(|outcome| vec![outcome]);
    Ok(match case.kind.as_str() {
        "act" => (one(act::act(case).await)?, &["current", "chain"]),
        "challenges" => (one(pure::challenges(case))?, &["challenges", "challenges_exclude"]),
        "config" => (one(pure::config(case))?, &["ok", "error", "problems"]),
        "exchange" => (one(exchange::exchange(case).await)?, &exchange::MEMBERS),
        "domain" => (one(pure::domain(case))?, &["ok", "error", "issuer"]),
        "extract_token" => (one(pure::extracted(case))?, &["ok", "error", "status", "token", "scheme"]),
        "htu_match" => (one(pure::htu_match(case))?, &["match", "error"]),
        "htu_normalize" => (one(pure::htu_normalize(case))?, &["ok", "error", "normalized", "status"]),
        "protected_resource_metadata" => {
            (one(metadata::protected_resource(case))?, &["ok", "error", "document", "member_order"])
        }
        "request_url" => (one(pure::request_url(case))?, &["ok", "error", "normalized", "status"]),
        "verify_access_token" => (verify::access_token(case).await?, &CALL_MEMBERS),
        "verify_request" => (verify::request(case).await?, &CALL_MEMBERS),
        "verify_sequence" => (verify::sequence(case).await?, &verify::SEQUENCE_MEMBERS),
        unknown => return Err(format!("the runner does not know the kind {unknown:?}")),
    })
}
