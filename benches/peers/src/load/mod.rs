//! The load: a process of its own, which sends requests over several connections and reports what it received.

mod answer;
mod connection;
mod job;

use std::io::Read as _;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use tokio::task::LocalSet;

pub(crate) use self::job::{Credentials, Job, Load, Outcome, Until};

/// Reads a job from standard input, and writes one outcome for each of its loads to standard output.
pub(crate) fn run() {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    let job: Job = serde_json::from_str(&input).unwrap();
    println!("{}", serde_json::to_string(&send(job)).unwrap());
}

/// Sends all loads at the same time, from one thread.
fn send(job: Job) -> Vec<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        let loads: Vec<_> =
            job.loads.into_iter().map(|load| tokio::task::spawn_local(outcome(job.address, load))).collect();
        let mut outcomes = Vec::new();
        for load in loads {
            outcomes.push(load.await.unwrap());
        }
        outcomes
    })
}

/// Opens all connections, then sends the load over them.
async fn outcome(address: SocketAddr, load: Load) -> Outcome {
    let (load, mut streams) = (Rc::new(load), Vec::new());
    for _ in 0..load.connections {
        streams.push(connection::open(address).await);
    }
    let shared = Rc::new(connection::Shared::new(load, address, Instant::now()));
    let tasks: Vec<_> = streams
        .into_iter()
        .map(|stream| tokio::task::spawn_local(connection::send(stream, Rc::clone(&shared))))
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.extend(task.await.unwrap());
    }
    Outcome::of(answers, shared.elapsed())
}
