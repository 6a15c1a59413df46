//! `auth0-api doctor`, as a process, against the local tenant, a proxy and Redis over real sockets.

mod documents;
mod domains;
mod faults;
mod limits;
mod odd_tenant;
mod outcome;
mod planted;
mod proxy;
mod record;
mod redis;
mod remote;
mod secrecy;
mod setup;
