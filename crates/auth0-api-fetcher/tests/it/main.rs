//! The fetcher against APIs with the adapter of this workspace, and against servers with faults.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a failing test may panic")]

mod callers;
mod denied;
mod events;
mod faults;
mod flows;
mod guide;
mod layer;
mod memory;
mod outages;
mod world;
