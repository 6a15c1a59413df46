//! The flags.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Runs two replicas of an API behind nginx, with Redis, Prometheus and a local tenant. Everything listens on 127.0.0.1, and
/// stops with this program.
#[derive(Debug, Parser)]
pub(crate) struct Settings {
    /// The program of the API.
    #[arg(long)]
    pub(crate) api: PathBuf,
    /// The alerts, as rules of Prometheus.
    #[arg(long)]
    pub(crate) rules: PathBuf,
    /// Ends after so many seconds. Without it, the program runs until Ctrl-C.
    #[arg(long, conflicts_with = "drill")]
    pub(crate) seconds: Option<u64>,
    /// Breaks one thing after another, and prints what the alerts say. Fails if they say something else than they should.
    #[arg(long)]
    pub(crate) drill: bool,
    /// In a drill, also lets the tenant fail.
    #[arg(long, requires = "drill")]
    pub(crate) long: bool,
    /// Sends requests of 200 clients while processes are killed, paused, restarted and cut off, keys change and clocks jump.
    /// Prints what the clients saw. Fails if that is something else than it should be. For 300 s, or `--seconds`.
    #[arg(long, conflicts_with = "drill")]
    pub(crate) chaos: bool,
    /// Repeats the order of the faults of an earlier run, which has printed its seed.
    #[arg(long, requires = "chaos")]
    pub(crate) seed: Option<u64>,
    /// How many milliseconds a client waits between two requests, on average.
    #[arg(long, requires = "chaos", default_value_t = 2000)]
    pub(crate) pause: u64,
    /// How many seconds a minute of the rules lasts. Default: 1 in a drill, else 60.
    #[arg(long)]
    minute: Option<u32>,
}

impl Settings {
    /// How long a minute of the rules lasts.
    pub(crate) fn minute(&self) -> Duration {
        let seconds = self.minute.unwrap_or(if self.drill { 1 } else { 60 });
        Duration::from_secs(seconds.max(1).into())
    }
}
