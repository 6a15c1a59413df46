//! Redis, if the API records its proofs or its logouts there: what the guide demands of it.

use std::time::Duration;

use auth0_api_redis::{RedisInspection, RedisInspectionError};
use secrecy::ExposeSecret as _;

use super::environment::Environment;
use super::finding::{Diagnosis, Finding};
use super::options::DoctorOptions;

pub(super) async fn look(options: &DoctorOptions, environment: &Environment, findings: &Diagnosis) {
    let Some(url) = environment.api.redis_url() else {
        // If the setting is written, `build` has found its problem.
        let is_missing = !environment.api.has("redis_url");
        if is_missing && (options.logouts || options.redis_replicas.is_some()) {
            findings.add(
                Finding::problem("redis_not_configured", "the API uses Redis, and AUTH0_REDIS_URL is not set")
                    .api("set AUTH0_REDIS_URL"),
            );
        }
        return;
    };
    let name = environment.api.variable("redis_url");
    match RedisInspection::of(url.expose_secret(), LIMIT).await {
        Ok(redis) => findings.extend(judge(options, &name, &redis)),
        Err(error) => findings.add(unknown(&name, &error)),
    }
}

/// Returns one finding if all is well, and else one for each fault. `name` is the variable as the operator wrote it.
fn judge(options: &DoctorOptions, name: &str, redis: &RedisInspection) -> Vec<Finding> {
    let faults: Vec<_> = [
        place(name, redis),
        eviction(redis),
        replicas(options, redis),
        lag(redis.longest_lag()),
        persistence(options, redis),
    ]
    .into_iter()
    .flatten()
    .collect();
    if faults.is_empty() { vec![Finding::passed("redis", redis.to_string())] } else { faults }
}

/// Whether the server is one that takes writes.
fn place(name: &str, redis: &RedisInspection) -> Option<Finding> {
    match (redis.mode(), redis.role()) {
        (Some("cluster"), _) => Some(
            Finding::problem("redis_cluster", format!("{name} names a node of a cluster"))
                .api("build the store with RedisReplayStore::cluster()"),
        ),
        (Some("sentinel"), _) => Some(
            Finding::problem("redis_sentinel", format!("{name} names a sentinel"))
                .api(format!("build the store with RedisReplayStore::sentinel(), or name the master in {name}")),
        ),
        (_, Some("slave")) => Some(
            Finding::problem(
                "redis_replica",
                format!("{name} names a replica, which accepts no writes: each proof gets 503"),
            )
            .api(format!("name the master in {name}, or build the store with RedisReplayStore::sentinel()")),
        ),
        _ => None,
    }
}

fn eviction(redis: &RedisInspection) -> Option<Finding> {
    let policy = redis.eviction_policy().filter(|policy| *policy != "noeviction")?;
    let text = format!(
        "maxmemory-policy is {policy}: if its memory runs short, Redis removes live entries, and the API accepts those \
         proofs again"
    );
    let mend = "CONFIG SET maxmemory-policy noeviction, and the same line in redis.conf";
    Some(Finding::problem("redis_evicts", text).redis(mend))
}

/// `WAIT` counts the replicas that are connected.
fn replicas(options: &DoctorOptions, redis: &RedisInspection) -> Option<Finding> {
    let demanded = options.redis_replicas.filter(|demanded| *demanded > redis.replicas())?;
    let text = format!(
        "replicas({demanded}, ...) demands {demanded} replicas, and {} are connected: each request with a proof gets 503",
        redis.replicas()
    );
    let finding = Finding::problem("redis_replicas_missing", text);
    Some(
        finding
            .redis(format!("connect {demanded} replicas"))
            .api("replicas() with the number of replicas of each master"),
    )
}

fn lag(longest: Option<Duration>) -> Option<Finding> {
    let lag = longest.filter(|lag| *lag > USUAL_LAG)?;
    let text = format!(
        "a replica has acknowledged nothing for {} s: after a failover, proofs of this time are accepted again",
        lag.as_secs()
    );
    let finding = Finding::warning("redis_replica_lags", text).redis("look at the network and the load of the replica");
    Some(finding.api("replicas(n, within) accepts a request only when n replicas have its proof"))
}

fn persistence(options: &DoctorOptions, redis: &RedisInspection) -> Option<Finding> {
    let is_lost = options.logouts && redis.has_append_only_file() == Some(false);
    is_lost.then(|| {
        let text = "appendonly is no: after a restart of Redis, tokens of users who have logged out are accepted again";
        Finding::problem("redis_forgets_logouts", text)
            .redis("CONFIG SET appendonly yes, and the same line in redis.conf")
    })
}

fn unknown(name: &str, error: &RedisInspectionError) -> Finding {
    match error {
        RedisInspectionError::Config(error) => {
            Finding::problem("redis_url_unusable", format!("{name} cannot be used")).api(format!("{name}: {error}"))
        }
        RedisInspectionError::Login => Finding::problem("redis_login", error.to_string())
            .api(format!("put the user and the password into {name}: redis://user:password@host:port"))
            .redis("ACL SETUSER with this password"),
        RedisInspectionError::Forbidden => {
            Finding::not_looked("redis", error.to_string()).redis("ACL SETUSER ... +info")
        }
        error => Finding::problem("redis_unreachable", format!("{error}: each request with a proof gets 503"))
            .api(format!("correct the host and the port of {name}"))
            .redis("start Redis, and let it listen on an address that this machine reaches (bind)"),
    }
}

/// A server on the same network answers within milliseconds.
const LIMIT: Duration = Duration::from_secs(3);
/// A replica acknowledges once in a second.
const USUAL_LAG: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_that_lags_is_found() {
        for (lag, is_found) in [(None, false), (Some(0), false), (Some(10), false), (Some(11), true)] {
            assert_eq!(super::lag(lag.map(Duration::from_secs)).is_some(), is_found, "{lag:?}");
        }
    }
}
