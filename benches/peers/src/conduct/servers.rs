//! Whole servers: each on one core, under the same load from another core.

use std::collections::BTreeMap;

use super::{Run, label, progress};
use crate::contestants::{Contestant, Role};
use crate::load::{Load, Outcome, Until};
use crate::process::Server;
use crate::site::Scheme;
use crate::table::{Table, grouped, median};

type Results = BTreeMap<(Scheme, &'static str), Vec<Outcome>>;

pub(super) async fn run(run: &Run) {
    let mut results = Results::new();
    for round in 0..run.options.effort.rounds {
        let mut entries = run.entries();
        if round % 2 == 1 {
            entries.reverse();
        }
        for (scheme, contestant) in entries {
            progress(&format!("servers, {scheme}, round {round}"), contestant);
            let outcome = measure(run, scheme, contestant).await;
            results.entry((scheme, contestant.id)).or_default().push(outcome);
        }
    }
    for scheme in [Scheme::Bearer, Scheme::Dpop] {
        table(run, scheme, &results);
    }
}

async fn measure(run: &Run, scheme: Scheme, contestant: &Contestant) -> Outcome {
    let effort = run.options.effort;
    let credentials = |requests| run.world.credentials(scheme, requests);
    let server = Server::ready(contestant, &run.world.site(scheme), &credentials(1)).await;
    let warming = credentials(WARMING_REQUESTS);
    let load = |credentials, until| Load { connections: CONNECTIONS, per_second: None, until, credentials };
    server.load(vec![load(warming, Until::Requests(WARMING_REQUESTS))]).await;
    let time = u64::try_from(effort.round.as_millis()).unwrap();
    // The first contestants check no proof, so it does not matter that they receive each proof more than once.
    let distinct = usize::try_from(time).unwrap() * MOST_PROOFS_PER_SECOND / 1000;
    let mut outcomes = server.load(vec![load(credentials(distinct), Until::Milliseconds(time))]).await;
    outcomes.remove(0)
}

fn table(run: &Run, scheme: Scheme, results: &Results) {
    let columns = ["", "of no check", "of bare checks", "requests a second", "p99"];
    let mut table = Table::new(&format!("Whole servers on one core, {scheme}"), &columns);
    let of = |id| results.get(&(scheme, id)).map(Vec::as_slice).unwrap_or_default();
    let with_role = |role| run.contestants.iter().find(|contestant| contestant.role == role).unwrap().id;
    let (unchecked, floor) = (of(with_role(Role::Unchecked)), of(with_role(Role::Floor)));
    for contestant in run.contestants.iter().filter(|contestant| contestant.reads(scheme)) {
        let own = of(contestant.id);
        let rejected: usize = own.iter().map(Outcome::rejected).sum();
        let note = if rejected == 0 { String::new() } else { format!(" ({rejected} valid requests rejected)") };
        table.row(vec![
            label(contestant) + &note,
            format!("{:.3}", ratio(own, unchecked)),
            format!("{:.3}", ratio(own, floor)),
            grouped(median(own.iter().map(Outcome::per_second))),
            format!("{:.2} ms", median(own.iter().map(|outcome| outcome.p99_microseconds as f64)) / 1000.0),
        ]);
    }
    table.print();
}

/// Returns the median of the ratios. Both values of a ratio are from the same round, so a slow phase of the machine affects
/// both.
fn ratio(own: &[Outcome], other: &[Outcome]) -> f64 {
    median(own.iter().zip(other).map(|(own, other)| own.per_second() / other.per_second()))
}

const CONNECTIONS: usize = 16;
/// Node compiles its hot functions during these.
const WARMING_REQUESTS: usize = 2_000;
/// More than one core can check.
const MOST_PROOFS_PER_SECOND: usize = 30_000;
