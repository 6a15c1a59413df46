//! The names of [`sync`](super) in a model, and the runner of models.

mod shared;
mod task;
pub(crate) mod watch;

use std::hash::{BuildHasherDefault, DefaultHasher};

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler};
pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
pub(crate) use shuttle::sync::{Mutex, MutexGuard};
use shuttle::{Config, Runner};

pub(crate) use self::shared::{ArcSwap, ArcSwapOption, AsyncMutex, Semaphore};
pub(crate) use self::task::{JoinSet, panic_on_purpose, sleep, spawn, timeout};

/// A hash without a random key.
pub(crate) type HashSeed = BuildHasherDefault<DefaultHasher>;

/// Runs a model under many schedules: half of them random, half of them with few preemptions (PCT with
/// [`BUG_DEPTH`]).
///
/// A failure prints the schedule. `shuttle::replay` repeats it.
pub(crate) fn check(model: impl Fn() + Copy + Send + Sync + 'static) {
    let half = iterations() / 2;
    run(RandomScheduler::new_from_seed(SEED, half), model);
    run(PctScheduler::new_from_seed(SEED, BUG_DEPTH, half), model);
}

/// Runs a small model under every schedule.
pub(crate) fn check_all(model: impl Fn() + Send + Sync + 'static) {
    run(DfsScheduler::new(None, false), model);
}

/// Lets the scheduler run another task here.
pub(crate) fn step() {
    // A value may be dropped after the execution that it belongs to, by a cache.
    if shuttle::current::try_get_current_task().is_some() {
        AtomicBool::new(false).load(Ordering::SeqCst);
    }
}

fn run(scheduler: impl shuttle::scheduler::Scheduler + 'static, model: impl Fn() + Send + Sync + 'static) {
    let mut config = Config::new();
    config.stack_size = STACK_BYTES;
    config.silence_warnings = true;
    // Timers that are not in `sync` need a runtime. This one is never run, so these timers never end.
    #[expect(clippy::unwrap_used, reason = "a failing test may panic")]
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let _entered = runtime.enter();
    Runner::new(scheduler, config).run(model);
}

/// `MODEL_ITERATIONS` schedules for each model.
#[expect(clippy::disallowed_methods, reason = "a setting of the test run")]
fn iterations() -> usize {
    std::env::var("MODEL_ITERATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(DEFAULT_ITERATIONS)
}

/// Schedules for each model, unless `MODEL_ITERATIONS` is set.
const DEFAULT_ITERATIONS: usize = 400;
/// PCT finds a bug with a known probability if it needs at most so many steps in a certain order. Most bugs need two.
const BUG_DEPTH: usize = 3;
/// The same schedules in each run, so that an unrelated change does not fail by chance. shuttle takes another seed from
/// the variable `SHUTTLE_RANDOM_SEED`.
const SEED: u64 = 0x6175_7468;
/// Code without optimisation that parses documents and verifies signatures needs more than shuttle's 60 KiB.
const STACK_BYTES: usize = 1024 * 1024;
