//! The answers of a simulation, and what must be true of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use super::simulation::From;

/// The answer to one request.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) tenant: usize,
    pub(super) from: From,
    /// When the request was sent, from the beginning of the simulation.
    pub(super) at: Duration,
    pub(super) waited: Duration,
    pub(super) outcome: String,
    pub(super) retry_after: Option<u64>,
}

/// Some answers, in the order in which the requests were sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers(Vec<Answer>);

impl Answers {
    pub(super) fn extend(&mut self, more: impl IntoIterator<Item = Answer>) {
        self.0.extend(more);
        self.0.sort_by_key(|answer| answer.at);
    }

    pub(super) fn of(&self, from: From) -> Self {
        self.filter(|answer| answer.from == from)
    }

    pub(super) fn outcomes(&self, outcome: &str) -> Self {
        self.filter(|answer| answer.outcome == outcome)
    }

    pub(super) fn of_tenants(&self, tenants: Range<usize>) -> Self {
        self.filter(|answer| tenants.contains(&answer.tenant))
    }

    /// The answers to requests that were sent in this time.
    pub(super) fn between(&self, begin: Duration, end: Duration) -> Self {
        self.filter(|answer| (begin..end).contains(&answer.at))
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    pub(super) fn tenants(&self) -> BTreeSet<usize> {
        self.0.iter().map(|answer| answer.tenant).collect()
    }

    /// Returns how often there was each outcome.
    fn tally(&self) -> BTreeMap<&str, usize> {
        let mut tally = BTreeMap::new();
        for answer in &self.0 {
            *tally.entry(&*answer.outcome).or_default() += 1;
        }
        tally
    }

    /// Returns when each tenant's first accepted request was sent.
    fn accepted_from(&self) -> BTreeMap<usize, Duration> {
        let mut first = BTreeMap::new();
        for answer in self.outcomes(ACCEPTED).0 {
            first.entry(answer.tenant).or_insert(answer.at);
        }
        first
    }

    /// There are exactly these outcomes.
    #[track_caller]
    pub(super) fn assert_only<const N: usize>(&self, outcomes: [&str; N]) {
        let tally = self.tally();
        assert_eq!(tally.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from(outcomes), "{tally:?}");
    }

    #[track_caller]
    pub(super) fn assert_waited_at_most(&self, most: Duration) {
        let longest = self.0.iter().max_by_key(|answer| answer.waited);
        assert!(longest.is_some_and(|longest| longest.waited <= most), "{longest:?}");
    }

    #[track_caller]
    pub(super) fn assert_retry_after(&self, seconds: RangeInclusive<u64>) {
        let outside = self.0.iter().find(|answer| !answer.retry_after.is_some_and(|wait| seconds.contains(&wait)));
        assert!(!self.0.is_empty() && outside.is_none(), "{outside:?}");
    }

    /// All requests that were sent at this time or later were accepted.
    #[track_caller]
    pub(super) fn assert_accepted_from(&self, time: Duration) {
        let later = self.filter(|answer| answer.at >= time);
        later.assert_only([ACCEPTED]);
    }

    /// Once a request of a tenant's user was accepted, no later request was rejected.
    #[track_caller]
    pub(super) fn assert_rejected_only_before_accepted(&self) {
        let accepted_from = self.accepted_from();
        let is_late = |answer: &&Answer| {
            // The accepted request may have waited. Requests that were sent meanwhile may have been rejected.
            let waits = Duration::from_millis(1_200);
            answer.outcome != ACCEPTED
                && accepted_from.get(&answer.tenant).is_some_and(|from| *from + waits < answer.at)
        };
        let rejected = self.0.iter().find(is_late);
        assert!(rejected.is_none(), "{rejected:?}");
    }

    fn filter(&self, condition: impl Fn(&Answer) -> bool) -> Self {
        Self(self.0.iter().filter(|answer| condition(answer)).cloned().collect())
    }
}

impl IntoIterator for Answers {
    type Item = Answer;
    type IntoIter = std::vec::IntoIter<Answer>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

const ACCEPTED: &str = "200 accepted";
