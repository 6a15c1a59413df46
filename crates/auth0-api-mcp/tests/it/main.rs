//! The layer in front of a server that repeats what it receives, and in front of rmcp; the pages and the sessions, against a
//! local tenant.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test stops where it fails")]

mod batches;
mod bodies;
mod browser;
mod building;
mod caller;
mod connect;
mod differential;
mod faults;
mod guide;
mod headers;
mod log;
mod messages;
mod metadata;
mod people;
mod requirements;
mod rmcp_types;
mod servers;
mod service;
mod sessions;
mod sign_in;
mod spellings;
mod step_up;
mod streams;
mod unnamed;
mod world;
