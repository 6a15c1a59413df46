//! The pages at which a person connects an account.

mod bounds;
mod confirmation;
mod cookies;
mod failures;
mod flow;
mod links;
mod log_in;
mod organizations;
mod people;
mod scopes;
mod settings;
