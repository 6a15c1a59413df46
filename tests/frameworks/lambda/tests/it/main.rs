//! Functions of AWS Lambda, behind each gateway.

mod contract;
mod events;
mod page;
mod runtime;
mod runtime_api;
mod urls;
