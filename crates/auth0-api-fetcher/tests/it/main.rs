//! The fetcher against APIs with the adapter of this workspace, and against servers with faults.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

mod denied;
mod faults;
mod flows;
mod world;
