//! Runs the tenant until it is told to stop.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::ca_file::{self, CaFile};
use super::exports::Exports;
use super::introduction;
use super::options::TenantOptions;
use super::plan::Plan;
use super::stop::Stop;
use super::{examples, wrap};
use crate::LoggedRequest;

/// Serves a tenant until ctrl-c or SIGTERM, and returns the exit code of the process: 0, or 1 if the tenant cannot
/// start, or 2 if the configuration has problems. All problems are printed at once, to the standard error.
pub fn run(options: TenantOptions) -> ExitCode {
    let plan = match Plan::new(options) {
        Ok(plan) => plan,
        Err(report) => return failed(&report, CONFIGURATION),
    };
    if plan.options.env {
        return print_exports(&plan);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime.and_then(|runtime| runtime.block_on(serve(&plan))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error.to_string(), START),
    }
}

async fn serve(plan: &Plan) -> io::Result<()> {
    let mut builder = plan.builder.clone();
    if !plan.options.quiet {
        builder = builder.request_log(print_request);
    }
    let tenant = builder.start().await.map_err(|error| explained(plan, &error))?;
    match plan.options.nonce_every {
        Some(seconds) => tenant.rotate_dpop_nonces(Duration::from_secs(seconds.into())),
        None => tenant.require_dpop_nonce(plan.options.nonce),
    }
    let port = tenant.local_url().rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default();
    let ca_file = tenant.ca_certificate().map(|pem| CaFile::write(plan.options.ca_file.as_deref(), port, pem));
    let ca_file = ca_file.transpose().map_err(|error| with_context("cannot write the CA file", &error))?;
    let stop = Stop::new().map_err(|error| with_context("cannot wait for signals", &error))?;
    let ca_path = ca_file.as_ref().map(|file| file.path().display().to_string());
    print(&introduction::text(plan, &tenant, &exports(plan, tenant.domain(), ca_path.as_deref())));
    stop.requested().await;
    print("Stopped.\n");
    Ok(())
}

fn print_exports(plan: &Plan) -> ExitCode {
    let Some(domain) = plan.builder.address.expected_domain() else {
        return failed("--env needs a --port: with port 0, only the running program knows its port", CONFIGURATION);
    };
    let port = plan.options.port.unwrap_or(examples::PORT);
    let file = || plan.options.ca_file.clone().unwrap_or_else(|| ca_file::default_path(port));
    let ca_path = plan.options.tls.then(|| file().display().to_string());
    print(&(exports(plan, &domain, ca_path.as_deref()).commands().join("\n") + "\n"));
    ExitCode::SUCCESS
}

fn exports<'a>(plan: &'a Plan, domain: &'a str, ca_file: Option<&'a str>) -> Exports<'a> {
    Exports {
        domain,
        audience: &plan.audience,
        downstream: &plan.downstream,
        api_client_id: plan.options.api_client_id.as_deref().unwrap_or(examples::API_CLIENT_ID),
        api_client_secret: plan.options.api_client_secret.as_deref().unwrap_or(examples::API_CLIENT_SECRET),
        ca_file,
    }
}

/// Prints a request: on a terminal within its columns, and for a program that reads the log in one line.
fn print_request(request: &LoggedRequest) {
    let style = if request.status() < 400 { Style::new() } else { AnsiColor::Yellow.on_default() };
    let text = request.to_string();
    let (text, longest) =
        if io::stdout().is_terminal() { (wrap::paragraph("", &text), wrap::COLUMNS) } else { (text, LONGEST_REQUEST) };
    for line in text.lines() {
        print(&format!("{style}{}{style:#}\n", wrap::cut(line, longest)));
    }
}

/// Prints a text, with its colours only to a terminal. An error is ignored: the reader may have closed its end, and the
/// tenant goes on.
fn print(text: &str) {
    let mut output = anstream::stdout().lock();
    drop(output.write_all(text.as_bytes()).and_then(|()| output.flush()));
}

fn failed(problem: &str, code: u8) -> ExitCode {
    drop(writeln!(io::stderr(), "{problem}"));
    ExitCode::from(code)
}

fn explained(plan: &Plan, error: &io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::InvalidInput {
        return io::Error::other(error.to_string());
    }
    let host = plan.options.host.as_deref().unwrap_or("127.0.0.1");
    let port = plan.options.port.unwrap_or(examples::PORT);
    io::Error::other(format!("cannot listen on {host}:{port}: {error} (choose another port with --port)"))
}

fn with_context(context: &str, error: &io::Error) -> io::Error {
    io::Error::other(format!("{context}: {error}"))
}

/// In a log that is no terminal, a request has at most so many characters: a path can be far longer.
const LONGEST_REQUEST: usize = 200;
/// Exit codes: the tenant cannot start, and, as with unknown flags, the configuration has problems.
const START: u8 = 1;
const CONFIGURATION: u8 = 2;
