//! A new replica, and a thousand requests at once. The issuer needs 100 ms for each answer.

use super::{Run, label, progress};
use crate::contestants::Contestant;
use crate::load::{Load, Outcome, Until};
use crate::process::Server;
use crate::site::Scheme;
use crate::table::{Table, grouped, median};

pub(super) async fn run(run: &Run) {
    let columns = ["", "fetches", "200", "other", "median wait", "longest wait"];
    let mut table = Table::new("Cold start: 1 000 requests at once", &columns);
    for contestant in run.fetching() {
        let mut starts = Vec::new();
        for _ in 0..run.options.effort.cold_starts {
            progress("cold", contestant);
            starts.push(measure(run, contestant).await);
        }
        table.row(row(contestant, &starts));
    }
    table.print();
}

/// Returns the fetches since the process began, and the answers.
async fn measure(run: &Run, contestant: &Contestant) -> (usize, Outcome) {
    run.world.answer_late();
    let server = Server::start(contestant, &run.world.site(Scheme::Bearer)).await;
    let credentials = run.world.credentials(Scheme::Bearer, 1);
    let load = Load { connections: AT_ONCE, per_second: None, until: Until::Requests(AT_ONCE), credentials };
    let outcome = server.load(vec![load]).await.remove(0);
    let fetches = run.world.fetches();
    run.world.answer_at_once();
    (fetches, outcome)
}

fn row(contestant: &Contestant, starts: &[(usize, Outcome)]) -> Vec<String> {
    let of = |value: fn(&Outcome) -> u64| median(starts.iter().map(|(_, outcome)| value(outcome) as f64));
    vec![
        label(contestant),
        grouped(median(starts.iter().map(|(fetches, _)| *fetches as f64))),
        grouped(of(|outcome| outcome.accepted() as u64)),
        grouped(of(|outcome| outcome.rejected() as u64)),
        format!("{:.0} ms", of(|outcome| outcome.p50_microseconds) / 1000.0),
        format!("{:.0} ms", of(|outcome| outcome.longest_microseconds) / 1000.0),
    ]
}

const AT_ONCE: usize = 1_000;
