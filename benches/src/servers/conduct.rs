//! The main process: starts server and load processes in turn, and prints the table.

#![expect(clippy::print_stdout, reason = "a benchmark's result is what it prints")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use auth0_api_core::Algorithm;
use auth0_api_testing::{DpopClient, LocalTenant, SigningKey};

use super::requests::{RequestMaker, lines};
use super::{Contestant, Scheme, Site, must};

/// How much to measure.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    milliseconds: u64,
    /// The number of proofs that are made before a round begins: more than a server can check in one round.
    proofs: usize,
}

/// The result of one round of one contestant.
#[derive(Clone, Copy)]
struct Round {
    per_second: f64,
    p99_microseconds: f64,
}

/// A child process. Dropping this value kills the process, also during a panic.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // The process may have ended already.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

type Results = BTreeMap<(&'static str, &'static str), Vec<Round>>;

/// Runs the server of one contestant until the process is killed.
pub(super) fn serve(contestant: Contestant, site: &str) {
    let site = must(Site::parse(site).ok_or("the site argument is invalid"));
    let runtime = must(tokio::runtime::Builder::new_current_thread().enable_all().build());
    runtime.block_on(async {
        println!("{}", (contestant.start)(site).await);
        std::future::pending::<()>().await;
    });
}

pub(super) fn conduct(title: &str, contestants: &[Contestant], options: &[&str]) {
    let effort = Effort::from_options(options);
    let runtime = must(tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build());
    let tenant = must(runtime.block_on(LocalTenant::start()));
    let (signing_key, proof_key) = (SigningKey::generate(Algorithm::RS256), DpopClient::generate());
    tenant.publish(&signing_key);
    let requests = RequestMaker { tenant: &tenant, signing_key: &signing_key, proof_key: &proof_key };

    println!("{title} ({} rounds of {} ms each)", effort.rounds, effort.milliseconds);
    let mut results = Results::new();
    // `--only TEXT` selects the contestants whose name contains TEXT.
    let only = option(options, "--only").unwrap_or_default();
    let contestants: Vec<&Contestant> =
        contestants.iter().filter(|contestant| contestant.name.contains(only)).collect();
    for round in 0..effort.rounds {
        let mut order = contestants.clone();
        if round % 2 == 1 {
            order.reverse();
        }
        for contestant in order {
            let result = measure(&requests, contestant, effort);
            results.entry((contestant.scheme.name(), contestant.name)).or_default().push(result);
        }
    }
    for scheme in [Scheme::Bearer, Scheme::Dpop] {
        table(scheme, &contestants, &results);
    }
}

fn measure(maker: &RequestMaker<'_>, contestant: &Contestant, effort: Effort) -> Round {
    let requests = lines(&maker.requests(contestant.scheme, effort.proofs));
    let site = maker.site().to_text();
    let mut server = start(SERVER_CORE, &["serve", contestant.scheme.name(), contestant.name, &site]);
    let address = read_line(&mut server);
    // Sends some requests before the measurement, so that no round includes the fetch of the keys.
    _ = load(&address, &requests_for_warming(maker, contestant.scheme), 1);
    load(&address, &requests, effort.milliseconds)
}

fn requests_for_warming(maker: &RequestMaker<'_>, scheme: Scheme) -> String {
    lines(&maker.requests(scheme, 2_000))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn load(address: &str, requests: &str, milliseconds: u64) -> Round {
    let mut load = start(LOAD_CORE, &["load", address, &milliseconds.to_string()]);
    let mut input = must(load.0.stdin.take().ok_or("the load process has no standard input"));
    must(input.write_all(requests.as_bytes()));
    drop(input);
    let line = read_line(&mut load);
    let numbers: Vec<u64> = line.split(' ').map(|number| must(number.parse())).collect();
    let &[answered, microseconds, _, p99] = numbers.as_slice() else { return must(Err(line)) };
    Round { per_second: answered as f64 * 1e6 / microseconds as f64, p99_microseconds: p99 as f64 }
}

/// Starts this program again as a child process, bound to a core if the system has `taskset`.
fn start(core: &str, arguments: &[&str]) -> Process {
    let program = must(std::env::current_exe());
    let pinned =
        Command::new("taskset").arg("-c").arg(core).arg("true").output().is_ok_and(|output| output.status.success());
    let mut command = if pinned { Command::new("taskset") } else { Command::new(&program) };
    if pinned {
        command.args(["-c", core]).arg(&program);
    }
    Process(must(command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()))
}

fn read_line(process: &mut Process) -> String {
    let mut line = String::new();
    let output = must(process.0.stdout.take().ok_or("the process has no standard output"));
    must(BufReader::new(output).read_line(&mut line));
    line.trim().to_owned()
}

fn table(scheme: Scheme, contestants: &[&Contestant], results: &Results) {
    println!("\n{:<44} {:>8} {:>10} {:>10}", scheme.name(), "ratio", "req/s", "p99 ms");
    let mut first: Option<&Vec<Round>> = None;
    for contestant in contestants.iter().filter(|contestant| contestant.scheme == scheme) {
        let Some(rounds) = results.get(&(scheme.name(), contestant.name)) else { continue };
        let first = *first.get_or_insert(rounds);
        // Both values of a ratio are from the same round, so a slow phase of the machine affects both values.
        let ratio = median(rounds.iter().zip(first).map(|(own, first)| own.per_second / first.per_second));
        let per_second = median(rounds.iter().map(|round| round.per_second));
        let p99 = median(rounds.iter().map(|round| round.p99_microseconds)) / 1000.0;
        println!("{:<44} {ratio:>8.3} {per_second:>10.0} {p99:>10.2}", contestant.name);
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

impl Effort {
    /// Reads `--rounds N --seconds S` for `cargo bench`. Returns one round of 50 ms for `cargo test`, which only checks
    /// that the benchmark works.
    fn from_options(options: &[&str]) -> Self {
        if !options.contains(&"--bench") {
            return Self { rounds: 1, milliseconds: 50, proofs: 2_000 };
        }
        let number = |name| option(options, name)?.parse::<u64>().ok();
        let seconds = number("--seconds").unwrap_or(4);
        let rounds = number("--rounds").and_then(|rounds| usize::try_from(rounds).ok()).unwrap_or(6);
        let proofs =
            usize::try_from(seconds).map_or(usize::MAX, |seconds| seconds.saturating_mul(MOST_CHECKS_PER_SECOND));
        Self { rounds, milliseconds: seconds * 1000, proofs }
    }
}

/// Returns the value that follows an option.
fn option<'o>(options: &[&'o str], name: &str) -> Option<&'o str> {
    options.iter().skip_while(|option| **option != name).nth(1).copied()
}

const SERVER_CORE: &str = "0";
const LOAD_CORE: &str = "1";
/// More proofs than one core can check per second.
const MOST_CHECKS_PER_SECOND: usize = 20_000;
