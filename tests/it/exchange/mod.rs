//! Token exchange: the flows with a local tenant, and every error response with a scripted tenant.

mod answers;
mod backend_grants;
mod cache;
mod ciba;
mod client_auth;
mod concurrency;
mod connected_accounts;
mod depth;
mod discovery;
mod end_user;
mod events;
mod grants;
mod proofs;
mod quotas;
mod results;
mod retries;
mod scene;
mod scripted;
mod session_transfer;
mod tenant;
