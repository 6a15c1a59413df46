//! Token exchange: three flows against a real tenant, and everything that can come back instead of tokens.

mod answers;
mod cache;
mod client_auth;
mod concurrency;
mod discovery;
mod events;
mod grants;
mod proofs;
mod results;
mod retries;
mod scene;
mod scripted;
mod tenant;
