//! A fleet of replicas in virtual time, in front of a tenant that limits its requests: what the tenant receives, when replicas trust a new key and distrust a removed one, and what callers see meanwhile. The table in
//! `guide/scaling.md` has the figures that these tests print for 500 replicas:
//!
//! ```sh
//! FLEET_REPLICAS=500 FLEET_HOURS=168 cargo test -p auth0-api-tests --test it fleet:: -- --nocapture
//! ```
//!
//! Replicas, callers and the tenant are tasks of one paused runtime. Its time moves on when every task waits, so a
//! simulated day takes seconds, and every run has the same delays.

#![expect(clippy::print_stdout, reason = "the figures are printed for the table")]
#![expect(clippy::disallowed_methods, reason = "the size is set for a run, and the time is that of the paused runtime")]

mod flood;
mod keys;
mod outage;
mod random;
mod starts;
mod steady;
mod tenant;
mod world;
