//! The program as it is deployed: a process, configured from the environment, called over real sockets.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod deployment;
mod foreign;
mod process;
mod replicas;
mod settings;
