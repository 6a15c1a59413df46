//! The drill: breaks one thing after another, and compares what the alerts say with what they should say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth0_api_core::Clock;
use auth0_api_testing::{Endpoint, Misbehaviour};
use reqwest::Client;

use crate::Result;
use crate::load::{Answers, Load};
use crate::prometheus::Alert;
use crate::settings::Settings;
use crate::stage::{LOGOUT_CLIENT, Stage};

/// What happens in one act of the drill.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Nothing,
    KeysRotated,
    ReplicaKilled,
    RedisFull,
    RedisStopped,
    TenantFails,
}

/// Which callers with usable tokens are served in an act.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Served {
    /// All, all the time.
    All,
    /// Perhaps some. The others are told to come back later.
    Some,
    /// Those with Bearer tokens. The others are told to come back later.
    WithoutProof,
}

/// What was seen in an act.
struct Seen {
    act: Act,
    answers: Answers,
    /// When each alert fired first, since the act began.
    alerts: BTreeMap<Alert, Duration>,
}

/// Runs all acts, and prints a table. Fails if an alert did not fire that should, or another one did.
pub(crate) async fn run(stage: &mut Stage, settings: &Settings) -> Result<ExitCode> {
    let mut acts = vec![Act::Nothing, Act::KeysRotated, Act::ReplicaKilled, Act::RedisFull, Act::RedisStopped];
    if settings.long {
        acts.push(Act::TenantFails);
    }
    let minute = settings.minute();
    println!("\na minute of the rules lasts {minute:?}\n\n| what happened | requests | alerts |\n|---|---|---|");
    stage.prometheus.wait_for_replicas(stage.replicas.len(), CLEARING_MINUTES * minute + SLACK).await?;
    let mut is_as_expected = true;
    for act in acts {
        let seen = play(stage, act, minute).await?;
        println!("{seen}");
        is_as_expected &= seen.is_as_expected();
        clear(stage, act, minute).await?;
    }
    println!("{}", if is_as_expected { "\nas expected" } else { "\nNOT as expected" });
    Ok(if is_as_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Lets one thing happen under load, and watches the alerts for as long as the act takes, or until all have fired that should.
async fn play(stage: &mut Stage, act: Act, minute: Duration) -> Result<Seen> {
    // Before the requests begin, because their tokens are signed with the present key.
    act.begin(stage).await?;
    let load = Load::start(stage);
    if act == Act::RedisStopped {
        log_out(stage).await?;
    }
    let (began, mut alerts) = (Watch::start(stage), BTreeMap::new());
    while began.elapsed() < act.minutes() * minute {
        for alert in stage.prometheus.firing().await? {
            alerts.entry(alert).or_insert_with(|| began.elapsed());
        }
        // Without expected alerts, the act takes its whole time.
        let has_all = !act.expected().is_empty() && alerts.keys().cloned().collect::<BTreeSet<_>>() == act.expected();
        if has_all && began.elapsed() > LEAST_MINUTES * minute {
            break;
        }
        tokio::time::sleep(minute / 5).await;
    }
    Ok(Seen { act, answers: load.finish().await, alerts })
}

/// Mends what the act has broken, and waits under load until no alert fires.
async fn clear(stage: &mut Stage, act: Act, minute: Duration) -> Result<()> {
    match act {
        Act::Nothing | Act::KeysRotated => return Ok(()),
        Act::ReplicaKilled => stage.start_replica_again().await?,
        Act::RedisFull => stage.tell_redis("CONFIG SET maxmemory 0").await?,
        Act::RedisStopped => stage.redis.start_again().await,
        // It is the last act: a client that has failed for so long tries again only after a pause.
        Act::TenantFails => return Ok(()),
    }
    let (began, load) = (Watch::start(stage), Load::start(stage));
    while !stage.prometheus.firing().await?.is_empty() {
        if began.elapsed() > CLEARING_MINUTES * minute + SLACK {
            return Err(format!("alerts still fire after {act}: {:?}", stage.prometheus.firing().await?).into());
        }
        tokio::time::sleep(minute / 5).await;
    }
    let answers = load.finish().await;
    println!("| then everything runs again | {answers} | silent after {:.1?} |", began.elapsed());
    Ok(())
}

/// Sends a logout of the tenant to each replica.
async fn log_out(stage: &Stage) -> Result<()> {
    let client = Client::builder().no_proxy().timeout(SLACK).build()?;
    for replica in &stage.replicas {
        let token = stage.tenant.mint_logout(LOGOUT_CLIENT).subject("auth0|ada").sign();
        let form = client.post(format!("http://{}/backchannel-logout", replica.address));
        let form = form.header("content-type", "application/x-www-form-urlencoded");
        form.body(format!("logout_token={token}")).send().await?;
    }
    Ok(())
}

/// How long something has taken, by the clock of the tenant.
struct Watch {
    clock: Arc<dyn Clock>,
    began: SystemTime,
}

impl Watch {
    fn start(stage: &Stage) -> Self {
        let clock = stage.tenant.clock();
        Self { began: clock.now(), clock }
    }

    fn elapsed(&self) -> Duration {
        self.clock.now().duration_since(self.began).unwrap_or_default()
    }
}

impl Act {
    async fn begin(self, stage: &mut Stage) -> Result<()> {
        match self {
            Self::Nothing => {}
            Self::KeysRotated => stage.tenant.rotate_keys(),
            Self::ReplicaKilled => stage.replicas[0].kill(),
            // Redis then answers each write with an error, and each read as before.
            Self::RedisFull => stage.tell_redis("CONFIG SET maxmemory 1").await?,
            Self::RedisStopped => stage.redis.stop(),
            Self::TenantFails => stage.tenant.misbehave(Endpoint::Jwks, Misbehaviour::Status(500)),
        }
        Ok(())
    }

    /// How long the act takes at most. The times include a slow machine.
    fn minutes(self) -> u32 {
        match self {
            Self::Nothing | Self::KeysRotated => 6,
            Self::ReplicaKilled | Self::RedisFull | Self::RedisStopped => 12,
            Self::TenantFails => 30,
        }
    }

    fn expected(self) -> BTreeSet<Alert> {
        let alerts: &[(&str, &str)] = match self {
            Self::Nothing | Self::KeysRotated => &[],
            Self::ReplicaKilled => &[("Auth0ApiReplicaDown", "a")],
            // Revocation is read, and proofs are written. So each request comes as far as the replay store.
            Self::RedisFull => &[("Auth0ApiReplayStoreUnavailable", "a"), ("Auth0ApiReplayStoreUnavailable", "b")],
            // Revocation is checked before the proof, so no request comes as far as the replay store.
            Self::RedisStopped => &[
                ("Auth0ApiLogoutsLost", "a"),
                ("Auth0ApiLogoutsLost", "b"),
                ("Auth0ApiRevocationUnavailable", "a"),
                ("Auth0ApiRevocationUnavailable", "b"),
            ],
            Self::TenantFails => &[("Auth0ApiKeysOld", "a"), ("Auth0ApiKeysOld", "b")],
        };
        alerts.iter().map(|(name, replica)| ((*name).to_owned(), (*replica).to_owned())).collect()
    }

    fn serves(self) -> Served {
        match self {
            Self::Nothing | Self::KeysRotated | Self::ReplicaKilled | Self::TenantFails => Served::All,
            Self::RedisFull => Served::WithoutProof,
            Self::RedisStopped => Served::Some,
        }
    }
}

impl Seen {
    fn is_as_expected(&self) -> bool {
        let alerts: BTreeSet<_> = self.alerts.keys().cloned().collect();
        let is_served = match self.act.serves() {
            Served::All => self.answers.all_served(),
            Served::WithoutProof => self.answers.bearer_served() && self.answers.some_postponed(),
            Served::Some => self.answers.some_postponed(),
        };
        is_served && alerts == self.act.expected()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let alerts = self.alerts.iter().map(|((name, replica), after)| format!("{name} ({replica}) after {after:.1?}"));
        let alerts: Vec<_> = alerts.collect();
        let alerts = if alerts.is_empty() { "none".to_owned() } else { alerts.join(", ") };
        write!(f, "| {} | {} | {alerts} |", self.act, self.answers)
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::KeysRotated => "the tenant rotates its keys",
            Self::ReplicaKilled => "replica a is killed",
            Self::RedisFull => "Redis has no memory left",
            Self::RedisStopped => "Redis stops, and a user logs out",
            Self::TenantFails => "the tenant answers requests for its keys with 500",
        })
    }
}

/// So that callers are seen too, if the alerts come at once.
const LEAST_MINUTES: u32 = 4;
/// The rules look at the last five minutes.
const CLEARING_MINUTES: u32 = 15;
/// For a slow machine.
const SLACK: Duration = Duration::from_secs(10);
