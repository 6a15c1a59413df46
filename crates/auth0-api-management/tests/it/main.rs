//! Tests against the local tenant over real sockets, and against servers with odd answers.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod access;
mod as_seen;
mod calls;
mod clock;
mod ensure;
mod errors;
mod guide;
mod hostile;
mod input;
mod intercepting;
mod limits;
mod list;
mod log;
mod odd_server;
mod outages;
mod resource_servers;
mod secrecy;
mod world;
