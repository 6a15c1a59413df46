//! The main process: runs one section after the other, and prints a table for each.

mod checks;
mod cold;
mod flood;
mod servers;

use std::time::Instant;

use crate::contestants::{ALL, Contestant, Role};
use crate::label::with_versions;
use crate::options::Options;
use crate::site::Scheme;
use crate::world::World;
use crate::{calls, machine};

/// What a section needs.
struct Run {
    world: World,
    options: Options,
    contestants: Vec<&'static Contestant>,
}

pub(crate) fn run(options: &Options) {
    let started = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    println!("Machine: {}.", machine::describe());
    runtime.block_on(async {
        let run = Run::new(options.clone()).await;
        // Correctness before speed.
        if options.has("checks") {
            checks::run(&run).await;
        }
        if options.has("calls") {
            calls::run(&run.world, options.effort).await;
        }
        if options.has("servers") {
            servers::run(&run).await;
        }
        if options.has("cold") {
            cold::run(&run).await;
        }
        if options.has("flood") {
            flood::run(&run).await;
        }
    });
    println!("\nThe whole run took {} s.", started.elapsed().as_secs());
}

impl Run {
    async fn new(options: Options) -> Self {
        let asked = |contestant: &&Contestant| !contestant.verifies() || contestant.id.contains(&options.only);
        Self { world: World::start().await, contestants: ALL.iter().filter(asked).collect(), options }
    }

    /// Returns the contestants with credentials that each of them reads, in the order of the tables.
    fn entries(&self) -> Vec<(Scheme, &'static Contestant)> {
        let reading =
            |scheme| self.contestants.iter().filter(move |one| one.reads(scheme)).map(move |one| (scheme, *one));
        [Scheme::Bearer, Scheme::Dpop].into_iter().flat_map(reading).collect()
    }

    /// Returns the contestants that fetch keys, and the first one without a check.
    fn fetching(&self) -> impl Iterator<Item = &'static Contestant> {
        let kept = |one: &&&Contestant| one.verifies() || one.id == ALL[0].id;
        self.contestants.iter().filter(kept).copied()
    }
}

/// Shows on standard error what is measured now.
fn progress(section: &str, contestant: &Contestant) {
    eprintln!("{section}: {}", contestant.id);
}

/// The server without a check, and the floor, are marked as what they are.
fn label(contestant: &Contestant) -> String {
    let label = with_versions(contestant.label);
    if contestant.role == Role::Floor { format!("{label}: the floor") } else { label }
}
