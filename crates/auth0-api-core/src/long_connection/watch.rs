//! Waits for the end of a token: its expiry, its revocation, or a list that stays unavailable.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use super::{Ended, LongConnectionPolicy};
use crate::clock::{Clock, elapsed};
use crate::meter;
use crate::random::chance;
use crate::revocation::{Revocation, RevocationError};
use crate::token::{TimeLimit, ValidClaims};

/// What is watched for one connection.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) clock: Arc<dyn Clock>,
    /// When the token ends by its times, and which time that is.
    pub(crate) ends: (SystemTime, TimeLimit),
    /// `None` if no list is configured.
    pub(crate) inquiry: Option<Inquiry>,
}

/// The questions about one token to the revocation list.
#[derive(Debug)]
pub(crate) struct Inquiry {
    claims: ValidClaims,
    list: Revocation,
    policy: LongConnectionPolicy,
    asked_at: SystemTime,
    /// When the first of the questions was asked that have had no answer since then.
    unanswered_since: Option<SystemTime>,
}

impl Watch {
    /// Waits for the end.
    pub(crate) async fn run(mut self) -> Ended {
        let ended = self.wait().await;
        meter::connection_ended(ended.label());
        tracing::debug!(
            name: "connection_ended", target: "auth0_api", event = "connection_ended",
            label = ended.label()
        );
        ended
    }

    async fn wait(&mut self) -> Ended {
        let (ends_at, limit) = self.ends;
        loop {
            let now = self.clock.now();
            if now >= ends_at {
                return limit.into();
            }
            if let Some(inquiry) = &mut self.inquiry {
                let answer = inquiry.ask_if_due(now);
                // The expiry does not wait for the answer of a slow list.
                match first_of(reach(&*self.clock, ends_at), answer).await {
                    First::End => return limit.into(),
                    First::Answer(Err(ended)) => return ended,
                    First::Answer(Ok(())) => {}
                }
            }
            let next = self.inquiry.as_ref().map_or(ends_at, |inquiry| inquiry.next_look(ends_at).min(ends_at));
            nap(&*self.clock, next).await;
        }
    }
}

impl Inquiry {
    /// Begins in the middle of an interval, at a random moment. Otherwise the connections of all clients that connect
    /// again after a restart of the API would ask at the same moment from then on.
    ///
    /// A token that was verified longer than an interval ago may have been revoked since then: it is due at once.
    pub(crate) fn new(
        list: Revocation,
        claims: ValidClaims,
        verified_at: SystemTime,
        policy: LongConnectionPolicy,
    ) -> Self {
        let phase = policy.revocation_interval.mul_f64(f64::from(chance()) / f64::from(u16::MAX));
        let asked_at = verified_at.checked_sub(phase).unwrap_or(verified_at);
        Self { claims, list, policy, asked_at, unanswered_since: None }
    }

    /// Asks the list if a question is due. An error is the end of the connection.
    async fn ask_if_due(&mut self, now: SystemTime) -> Result<(), Ended> {
        if self.is_out_of_patience(now) {
            return Err(Ended::RevocationUnavailable);
        }
        if !self.is_due(now) {
            return Ok(());
        }
        self.asked_at = now;
        match self.list.check(self.claims.clone()).await {
            Ok(_) => self.unanswered_since = None,
            Err(RevocationError::Revoked | RevocationError::ClaimMalformed { .. }) => return Err(Ended::Revoked),
            Err(RevocationError::Unavailable(_)) => {
                self.unanswered_since.get_or_insert(now);
                if self.is_out_of_patience(now) {
                    return Err(Ended::RevocationUnavailable);
                }
            }
        }
        Ok(())
    }

    /// A question is due after the interval, and after the clock was set back: the old time may come again only after
    /// hours.
    fn is_due(&self, now: SystemTime) -> bool {
        now.duration_since(self.asked_at).map_or(true, |since| since >= self.interval())
    }

    /// If the clock was set back, the time for which the list has been unavailable is unknown.
    fn is_out_of_patience(&self, now: SystemTime) -> bool {
        let outage = self.unanswered_since.map(|since| elapsed(since, now).unwrap_or(Duration::MAX));
        outage.is_some_and(|outage| outage >= self.policy.outage_limit)
    }

    /// The next time at which a question is due, or at which the list has been unavailable for too long.
    fn next_look(&self, otherwise: SystemTime) -> SystemTime {
        let next = self.asked_at.checked_add(self.interval()).unwrap_or(otherwise);
        let end = self.unanswered_since.and_then(|since| since.checked_add(self.policy.outage_limit));
        end.map_or(next, |end| next.min(end))
    }

    fn interval(&self) -> Duration {
        self.unanswered_since.map_or(self.policy.revocation_interval, |_| self.policy.retry_interval())
    }
}

/// Waits until the clock has reached `time`.
async fn reach(clock: &dyn Clock, time: SystemTime) {
    while clock.now() < time {
        nap(clock, time).await;
    }
}

/// Sleeps until the clock wakes the sleeper, at `time` or earlier.
///
/// At `time`, it completes in the same poll: a stream that polls its token first then yields no item after the end. If
/// the clock wakes the sleeper earlier, other tasks of this thread run before the clock is read again.
async fn nap(clock: &dyn Clock, time: SystemTime) {
    clock.sleep_until(time).await;
    if clock.now() < time {
        tokio::task::yield_now().await;
    }
}

enum First<T> {
    Answer(T),
    End,
}

/// Waits for an answer until the end.
async fn first_of<T>(end: impl Future<Output = ()>, answer: impl Future<Output = T>) -> First<T> {
    let (mut end, mut answer) = (pin!(end), pin!(answer));
    poll_fn(|context| match end.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(First::End),
        Poll::Pending => answer.as_mut().poll(context).map(First::Answer),
    })
    .await
}
