//! `auth0-api doctor`: looks at a deployment from the machine on which the API runs, and names each fault with the setting
//! that mends it.
//!
//! `examination.rs` knows the order. Each other file looks at one thing, and adds what it has found to [`Diagnosis`].

mod certificates;
mod clock;
mod discovery;
mod environment;
mod examination;
mod finding;
mod keys;
mod options;
mod proxy;
mod proxy_variables;
mod published_key;
mod reachability;
mod record;
mod redis;
mod report;
mod settings;
mod subject;
mod trouble;
mod verifier;

use std::process::ExitCode;

pub(crate) use options::DoctorOptions;

use environment::Environment;
use finding::{Diagnosis, Finding};

use crate::runtime;

/// Looks at everything within the time limit, prints what was found, and returns the exit status.
pub(crate) fn run(options: &DoctorOptions) -> ExitCode {
    let (findings, environment) = (Diagnosis::default(), Environment::read(options));
    let examination = examination::examine(options, &environment, &findings);
    match runtime::block_on(async { tokio::time::timeout(options.time_limit(), examination).await }) {
        Ok(Ok(())) => {}
        Ok(Err(_)) => {
            let text = format!("the limit of {} s is over: what is not listed was not looked at", options.time_limit);
            findings.add(Finding::not_looked("time_limit", text).machine("set a longer --time-limit"));
        }
        Err(problem) => findings.add(Finding::not_looked("runtime", problem)),
    }
    report::print(&findings.take(), options.json)
}
