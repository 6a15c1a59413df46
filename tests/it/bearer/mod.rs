//! Bearer tokens, from the request to the values that a handler reads.

mod accepted;
mod algorithms;
mod claims;
mod configuration;
mod durations;
mod limits;
mod lone_surrogates;
