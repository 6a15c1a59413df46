//! Bearer tokens, from the request to what a handler reads.

mod accepted;
mod algorithms;
mod claims;
mod configuration;
mod limits;
