//! The URLs of a store.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use crate::cluster::Cluster;
use crate::connection::Deployment;
use crate::error::RedisConfigError;
use crate::node::{Node, Origin};
use crate::sentinels::Sentinels;
use crate::server::{Login, Server};
use crate::times::Times;

/// What the URLs of a store name.
#[derive(Clone)]
pub(crate) enum Endpoints {
    Cluster(Vec<Server>),
    Sentinel { sentinels: Vec<Server>, master_name: String },
    Single(Server),
}

impl Endpoints {
    pub(crate) fn single(url: &str) -> Result<Self, RedisConfigError> {
        Server::parse(url).map(Self::Single)
    }

    pub(crate) fn cluster<U: AsRef<str>>(urls: impl IntoIterator<Item = U>) -> Result<Self, RedisConfigError> {
        parse_all(urls).map(Self::Cluster)
    }

    pub(crate) fn sentinel<U: AsRef<str>>(
        urls: impl IntoIterator<Item = U>,
        master_name: String,
    ) -> Result<Self, RedisConfigError> {
        if master_name.trim().is_empty() {
            return Err(RedisConfigError::MasterName);
        }
        Ok(Self::Sentinel { sentinels: parse_all(urls)?, master_name })
    }

    /// Applies the settings, and does not connect yet.
    pub(crate) fn deployment(
        self,
        login: Option<&Login>,
        database: Option<u32>,
        response_timeout: Duration,
    ) -> Result<Deployment, RedisConfigError> {
        let times = Times::of(response_timeout);
        Ok(match self {
            Self::Single(server) => {
                Deployment::Single(Node::new(Origin::Server(server.with_login(login, database)), times))
            }
            Self::Cluster(nodes) => {
                let seeds = nodes.iter().filter_map(Server::address).collect();
                let servers = first(nodes)?.with_login(login, database);
                if servers.database() != 0 {
                    return Err(RedisConfigError::ClusterDatabase);
                }
                Deployment::Cluster(Cluster::new(seeds, servers, times))
            }
            Self::Sentinel { sentinels, master_name } => {
                let servers = first(sentinels.clone())?.without_login().with_login(login, database);
                let sentinels = Sentinels {
                    all: sentinels,
                    servers,
                    name: Arc::from(master_name),
                    patience: times.next_server,
                    first: AtomicUsize::new(0),
                };
                Deployment::Master(Node::new(Origin::Master(sentinels), times))
            }
        })
    }
}

fn first(servers: Vec<Server>) -> Result<Server, RedisConfigError> {
    servers.into_iter().next().ok_or(RedisConfigError::NoUrl)
}

/// Reads URLs that differ only in host and port.
fn parse_all<U: AsRef<str>>(urls: impl IntoIterator<Item = U>) -> Result<Vec<Server>, RedisConfigError> {
    let servers = urls.into_iter().map(|url| Server::parse(url.as_ref())).collect::<Result<Vec<_>, _>>()?;
    let first = servers.first().ok_or(RedisConfigError::NoUrl)?;
    if servers.iter().any(|server| server.address().is_none()) {
        return Err(RedisConfigError::UrlMalformed);
    }
    if servers.iter().any(|server| !server.has_login_of(first)) {
        return Err(RedisConfigError::UrlsDiffer);
    }
    Ok(servers)
}
