//! What a Redis server says about itself: whether its settings suit the stores of this crate.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use redis::{RedisError, cmd};

use crate::error::RedisConfigError;
use crate::server::Server;

/// What a Redis server says about itself, for a program that checks a deployment before users do. It reads `INFO`, and
/// changes nothing. The user needs `+info`.
///
/// ```no_run
/// use std::time::Duration;
/// use auth0_api_redis::RedisInspection;
///
/// # async fn run(url: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let redis = RedisInspection::of(url, Duration::from_secs(2)).await?;
/// if redis.eviction_policy() != Some("noeviction") {
///     println!("Redis may remove proofs: CONFIG SET maxmemory-policy noeviction");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedisInspection {
    version: Option<Box<str>>,
    mode: Option<Box<str>>,
    role: Option<Box<str>>,
    eviction_policy: Option<Box<str>>,
    has_append_only_file: Option<bool>,
    replicas: u32,
    longest_lag: Option<Duration>,
}

/// Why a server could not be inspected. Neither `Display` nor `Debug` shows the URL, which may contain a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisInspectionError {
    /// The URL cannot be used.
    #[error(transparent)]
    Config(#[from] RedisConfigError),
    /// The user may not execute `INFO`.
    #[error("the user of the Redis URL may not execute INFO")]
    Forbidden,
    /// The server demands another user or password.
    #[error("Redis rejects the user or the password of its URL")]
    Login,
    /// There was no answer in time.
    #[error("Redis does not answer in time")]
    TimedOut,
    /// There is no connection, or no answer of Redis.
    #[error("Redis cannot be reached")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
}

impl RedisInspection {
    /// Connects to the server of a URL, and asks it.
    ///
    /// # Errors
    ///
    /// [`RedisInspectionError`]; after the time `within` at the latest.
    pub async fn of(url: &str, within: Duration) -> Result<Self, RedisInspectionError> {
        let server = Server::parse(url)?;
        let asked = tokio::time::timeout(within, ask(&server)).await;
        let info = asked.map_err(|_| RedisInspectionError::TimedOut)?.map_err(RedisInspectionError::because)?;
        Ok(Self::read(&info))
    }

    /// The version, such as `7.2.4`.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// How the server works: `standalone`, `cluster` or `sentinel`.
    pub fn mode(&self) -> Option<&str> {
        self.mode.as_deref()
    }

    /// What the server is: `master`, or `slave` for a replica, which accepts no writes.
    pub fn role(&self) -> Option<&str> {
        self.role.as_deref()
    }

    /// What Redis removes if its memory runs short (`maxmemory-policy`). The stores need `noeviction`.
    pub fn eviction_policy(&self) -> Option<&str> {
        self.eviction_policy.as_deref()
    }

    /// Whether Redis writes its data to a file (`appendonly`), which
    /// [`RedisRevocationStore`](crate::RedisRevocationStore) needs.
    pub fn has_append_only_file(&self) -> Option<bool> {
        self.has_append_only_file
    }

    /// The number of replicas that are connected.
    pub fn replicas(&self) -> u32 {
        self.replicas
    }

    /// How long ago the slowest of these replicas has last acknowledged writes, in whole seconds; `None` without replicas.
    /// A replica acknowledges once in a second.
    pub fn longest_lag(&self) -> Option<Duration> {
        self.longest_lag
    }

    /// Reads the answer to `INFO`: lines `name:value`.
    fn read(info: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in info.lines().filter_map(|line| line.trim_end().split_once(':')) {
            match name {
                "redis_version" => read.version = printable(value),
                "redis_mode" => read.mode = printable(value),
                "role" => read.role = printable(value),
                "maxmemory_policy" => read.eviction_policy = printable(value),
                "aof_enabled" => read.has_append_only_file = Some(value == "1"),
                _ => read.read_replica(name, value),
            }
        }
        read
    }

    /// Reads a line such as `slave0:ip=127.0.0.1,port=6380,state=online,offset=42,lag=0`.
    fn read_replica(&mut self, name: &str, value: &str) {
        let number = name.strip_prefix("slave").and_then(|number| number.parse::<u32>().ok());
        let member =
            |wanted| value.split(',').find_map(|part| part.split_once('=').filter(|(name, _)| *name == wanted));
        if number.is_none() || member("state") != Some(("state", "online")) {
            return;
        }
        self.replicas = self.replicas.saturating_add(1);
        let lag = member("lag").and_then(|(_, lag)| lag.parse().ok()).map(Duration::from_secs);
        self.longest_lag = self.longest_lag.max(lag);
    }
}

impl RedisInspectionError {
    fn because(error: RedisError) -> Self {
        match error.code() {
            Some("NOAUTH" | "WRONGPASS") => Self::Login,
            Some("NOPERM") => Self::Forbidden,
            _ if error.kind() == redis::ErrorKind::AuthenticationFailed => Self::Login,
            _ => Self::Unreachable(error.into()),
        }
    }
}

async fn ask(server: &Server) -> Result<String, RedisError> {
    cmd("INFO").query_async(&mut server.connect().await?).await
}

/// Makes a value safe to print.
fn printable(value: &str) -> Option<Box<str>> {
    let text: String = value.chars().filter(char::is_ascii_graphic).take(LONGEST_VALUE).collect();
    (!text.is_empty()).then(|| text.into())
}

impl fmt::Display for RedisInspection {
    /// Writes the version, the role and the policy, for a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |value: &Option<Box<str>>| value.as_deref().unwrap_or("unknown").to_owned();
        let (version, role, policy) = (or(&self.version), or(&self.role), or(&self.eviction_policy));
        write!(f, "Redis {version}, {role}, maxmemory-policy {policy}, {} replicas", self.replicas)
    }
}

/// Versions and names of policies have at most 20 characters.
const LONGEST_VALUE: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_read_line_by_line() {
        let info = "# Server\r\nredis_version:7.2.4\r\nredis_mode:standalone\r\n\r\n# Memory\r\n\
                    maxmemory_policy:allkeys-lru\r\nrole:master\r\naof_enabled:1\r\nconnected_slaves:3\r\n\
                    slave0:ip=10.0.0.1,port=6379,state=online,offset=42,lag=1\r\n\
                    slave1:ip=10.0.0.2,port=6379,state=online,offset=40,lag=7\r\n\
                    slave2:ip=10.0.0.3,port=6379,state=wait_bgsave,offset=0,lag=0\r\n\
                    slave_read_only:1\r\n";
        let read = RedisInspection::read(info);
        assert_eq!((read.version(), read.mode(), read.role()), (Some("7.2.4"), Some("standalone"), Some("master")));
        assert_eq!((read.eviction_policy(), read.has_append_only_file()), (Some("allkeys-lru"), Some(true)));
        assert_eq!((read.replicas(), read.longest_lag()), (2, Some(Duration::from_secs(7))));
        assert_eq!(read.to_string(), "Redis 7.2.4, master, maxmemory-policy allkeys-lru, 2 replicas");
    }

    #[test]
    fn an_answer_without_these_lines_says_nothing() {
        for info in
            ["", "redis_version", ":", "redis_version:\u{1b}\u{202e}\r\n", "slavex:state=online", "slave0:lag=1"]
        {
            assert_eq!(RedisInspection::read(info), RedisInspection::default(), "{info}");
        }
    }
}
