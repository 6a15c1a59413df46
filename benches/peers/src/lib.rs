//! Compares this project's adapters with other crates and with Node packages that verify access tokens; see
//! `benches/README.md`. `benches/peers/run` builds and starts it.

mod calls;
mod conduct;
mod contestants;
mod label;
mod load;
mod machine;
mod options;
mod process;
mod site;
mod table;
mod world;

use std::io::Read as _;

use tokio::task::LocalSet;

use crate::contestants::{ALL, Start};
use crate::options::Options;
use crate::site::Site;
use crate::world::World;

/// Does what the command line says: the whole comparison, one server, or the load.
pub fn run() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", id, site] => serve(id, site),
        ["load"] => load::run(),
        words => conduct::run(&Options::parse(words).unwrap_or_else(|problem| usage(&problem))),
    }
}

/// Prints the allocations of one call of each library. `count` runs an operation, and returns the number of its allocations.
pub fn allocations(count: fn(&mut dyn FnMut()) -> u64) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async { calls::allocations(&World::start().await, count).await });
}

/// Runs one server until the main process ends.
fn serve(id: &str, site: &str) {
    let site: Site = serde_json::from_str(site).unwrap();
    let contestant = ALL.iter().find(|contestant| contestant.id == id).unwrap();
    let Start::Rust(start) = contestant.start else { panic!("{id} is a server of Node") };
    // One thread, as the servers of Node have. The HTTP client of actix-web needs a `LocalSet`.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        println!("{}", start(site).await);
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await.unwrap().unwrap();
    });
    std::process::exit(0);
}

fn usage(problem: &str) -> ! {
    eprintln!("{problem}\n\n{}", options::USAGE);
    std::process::exit(2);
}
