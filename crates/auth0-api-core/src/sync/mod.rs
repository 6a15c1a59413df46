//! Everything through which the tasks of a client meet, apart from what no model covers: locks, atomics, channels,
//! snapshots, tasks and timers.
//!
//! In every build for users, each name is a re-export of the standard library, tokio or `arc-swap`, and costs nothing.
//! In a build of the tests with `--cfg shuttle`, the names are those of `model/`. There,
//! [shuttle](https://docs.rs/shuttle) runs the real code of this crate on one thread, and chooses at each step which
//! task continues. So a test sees thousands of schedules, and a schedule that fails can be repeated. `.ci/run models`
//! runs these tests: the files `model_tests.rs` beside the code that they test.
//!
//! # Why shuttle, and not loom
//!
//! The code to test is asynchronous and has whole requests in it: loom explores every schedule, which is possible only
//! for a few steps. Loom also models weak memory, and shuttle does not: all its atomics are sequentially consistent.
//! This crate needs no more: each atomic of this module either is a counter or a flag that is changed by one
//! read-modify-write operation, or it is read again under a mutex. No atomic publishes data that is read without a
//! lock; `ArcSwap` does this, and has tests of its own for it.
//!
//! # What the models contain
//!
//! | name | in a model |
//! |---|---|
//! | `Mutex`, `AtomicBool`, `AtomicUsize` | shuttle's: another task may run before each lock, unlock and operation |
//! | `spawn`, `JoinSet` | tasks of shuttle. A panic on purpose ends the task, as in tokio; any other panic fails the test |
//! | `ArcSwap`, `ArcSwapOption`, `AsyncMutex`, `Semaphore`, `watch` | the real one. Another task may run before each call, and the call is one step. So its users are tested, and not its inside |
//! | `sleep` | ends at any step |
//! | `timeout` | may end at any step from the first poll on; with a limit of zero, after the first poll |
//! | `HashSeed` | a hash without a random key, so that a schedule can be repeated |
//!
//! moka's caches are used by the models as they are: each call is one step. The models neither wait for moka's clock nor
//! evict. tokio's timers outside of this module, such as the time limit of an HTTP request, never end in a model.
//!
//! # What no model covers
//!
//! - The inside of moka, `arc-swap` and tokio.
//! - `decryption` and `rejected_bodies`: a permit of tokio's semaphore moves into the work, and its drop gives it back.
//! - `logout/memory.rs` and `rejection_log`: each step is one lock, and no step depends on an earlier one.
//! - The secrets of nonces: they stay for the life of a client.
//! - `http/connections.rs`, `jose/known_headers.rs` and `OnceLock` elsewhere: a value is set once, and each task would set the
//!   same. The flag of `http/connections.rs` only says whether a connection that ended may have been a kept one.
//! - `ciba/pending.rs`: the stop of a pending request is one message of tokio's `watch`.
//! - The other crates. `auth0-api-redis` shares one attempt to connect among its requests: its tests use real and silent
//!   servers, because the attempt is about sockets and timers that a model does not have.

#[cfg(all(test, shuttle))]
pub(crate) mod model;

#[cfg(all(test, shuttle))]
pub(crate) use self::model::{
    ArcSwap, ArcSwapOption, AsyncMutex, AtomicBool, AtomicUsize, HashSeed, JoinSet, Mutex, MutexGuard, Semaphore,
    sleep, spawn, timeout, watch,
};
#[cfg(not(all(test, shuttle)))]
pub(crate) use {
    arc_swap::{ArcSwap, ArcSwapOption},
    std::collections::hash_map::RandomState as HashSeed,
    std::sync::atomic::{AtomicBool, AtomicUsize},
    std::sync::{Mutex, MutexGuard},
    tokio::spawn,
    tokio::sync::{Mutex as AsyncMutex, Semaphore, watch},
    tokio::task::JoinSet,
    tokio::time::{sleep, timeout},
};
