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
mod printable;
mod proxy;
mod proxy_variables;
mod published_key;
mod reachability;
mod record;
mod redis;
mod report;
mod secret_file;
mod settings;
mod subject;
mod trouble;
mod verifier;

use std::process::ExitCode;

pub(crate) use options::DoctorOptions;

use environment::Environment;
use finding::{Diagnosis, Finding};

/// Looks at everything within the time limit, prints what was found, and returns the exit status.
pub(crate) fn run(options: &DoctorOptions) -> ExitCode {
    let (findings, environment) = (Diagnosis::default(), Environment::read());
    match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => {
            let examination = examination::examine(options, &environment, &findings);
            let limited = async { tokio::time::timeout(options.time_limit(), examination).await };
            if runtime.block_on(limited).is_err() {
                let text =
                    format!("the limit of {} s is over: what is not listed was not looked at", options.time_limit);
                findings.add(Finding::not_looked("time_limit", text).machine("set a longer --time-limit"));
            }
            // The look-up of a name blocks its thread, and may take longer than the limit.
            runtime.shutdown_background();
        }
        Err(error) => findings.add(Finding::not_looked("runtime", format!("the runtime cannot start: {error}"))),
    }
    report::print(&findings.take(), options.json)
}
