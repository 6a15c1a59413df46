//! What to send, and what came back.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Loads to send to one server at the same time.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) address: SocketAddr,
    pub(crate) loads: Vec<Load>,
}

/// Requests over some connections, with one request in flight on each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// The rate of all connections together. Without it, each connection sends as fast as the server answers.
    pub(crate) per_second: Option<u32>,
    pub(crate) until: Until,
    pub(crate) credentials: Credentials,
}

/// When a load ends.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Until {
    Milliseconds(u64),
    Requests(usize),
}

/// The header lines of the requests.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Credentials {
    /// The same lines in each request.
    Same(String),
    /// A token with one proof in each request. After the last proof, the first comes again.
    Proofs { token: String, proofs: Vec<String> },
    /// A token that names another unknown key in each request. `rest` is the token without its header.
    UnknownKeys { rest: String },
}

/// What a load received.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// The number of answers with each status. 0 stands for a request without an answer.
    pub(crate) statuses: BTreeMap<u16, usize>,
    pub(crate) elapsed_microseconds: u64,
    pub(crate) p50_microseconds: u64,
    pub(crate) p99_microseconds: u64,
    pub(crate) longest_microseconds: u64,
}

/// The answer to one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) wait: Duration,
}

impl Outcome {
    pub(super) fn of(mut answers: Vec<Answer>, elapsed: Duration) -> Self {
        answers.sort_unstable_by_key(|answer| answer.wait);
        let last = answers.len().saturating_sub(1);
        let percentile =
            |hundredths: usize| answers.get(last * hundredths / 100).map_or(0, |answer| microseconds(answer.wait));
        let mut statuses = BTreeMap::new();
        answers.iter().for_each(|answer| *statuses.entry(answer.status).or_default() += 1);
        Self {
            elapsed_microseconds: microseconds(elapsed),
            p50_microseconds: percentile(50),
            p99_microseconds: percentile(99),
            longest_microseconds: percentile(100),
            statuses,
        }
    }

    pub(crate) fn answered(&self) -> usize {
        self.statuses.values().sum()
    }

    pub(crate) fn accepted(&self) -> usize {
        self.statuses.get(&200).copied().unwrap_or_default()
    }

    pub(crate) fn rejected(&self) -> usize {
        self.answered() - self.accepted()
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.answered() as f64 * 1e6 / self.elapsed_microseconds as f64
    }
}

impl Credentials {
    pub(crate) fn bearer(token: &str) -> Self {
        Self::Same(format!("authorization: Bearer {token}\r\n"))
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap()
}
