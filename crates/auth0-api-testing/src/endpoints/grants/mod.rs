//! The grants, one file each. A grant issues the tokens for a request of an authenticated client.

mod authorization_code;
mod ciba;
mod client_credentials;
mod on_behalf_of;
mod privileged_worker;
mod profile;
mod refresh_token;
mod session_transfer;
mod token_exchange;
mod token_vault;

pub(crate) use authorization_code::authorization_code;
pub(crate) use ciba::ciba;
pub(crate) use client_credentials::client_credentials;
pub(crate) use refresh_token::refresh_token;
pub(crate) use token_exchange::token_exchange;
pub(crate) use token_vault::token_vault;
