//! Stacks of layers around `AuthLayer`. Each one rejects a request without a token, and serves one with a token.

mod fallbacks;
mod layers;
mod streams;
mod world;
