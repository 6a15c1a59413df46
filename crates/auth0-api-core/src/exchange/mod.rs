//! What an API does at the token endpoint: so far, who it is there.

mod client_auth;

pub use client_auth::ClientAuth;
