//! Waits for the answer of the user.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

use super::CibaError;
use crate::exchange::{AskedFor, Backchannel, ExchangeError, ServerErrorKind, TokenSet};
use crate::with_sources::WithSources;

/// A request that waits for the user.
pub struct PendingApproval {
    channel: Backchannel,
    asked: AskedFor,
    /// A client with this id and the right credentials gets the tokens.
    id: SecretString,
    expires_at: SystemTime,
    interval: Duration,
    /// The interval after an outage or a rate limit; zero if the last answer was neither.
    back_off: Duration,
    /// The outage or the rate limit, if the last request met one: the user may have answered in the meantime.
    outage: Option<ExchangeError>,
    next_poll: SystemTime,
    stop: watch::Sender<bool>,
}

/// Ends the waiting of a [`PendingApproval`] from elsewhere. It is cheap to clone.
#[derive(Clone, Debug)]
pub struct StopWaiting(watch::Sender<bool>);

impl PendingApproval {
    pub(super) fn new(
        channel: Backchannel,
        asked: AskedFor,
        id: SecretString,
        expires_at: SystemTime,
        interval: Duration,
    ) -> Self {
        let next_poll = channel.clock().now() + interval;
        Self {
            channel,
            asked,
            id,
            expires_at,
            interval,
            back_off: Duration::ZERO,
            outage: None,
            next_poll,
            stop: watch::Sender::new(false),
        }
    }

    /// When the request expires.
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at
    }

    /// Returns a handle that ends the waiting.
    pub fn stop_handle(&self) -> StopWaiting {
        StopWaiting(self.stop.clone())
    }

    /// Waits as [`wait`](Self::wait), which counts and logs the end.
    pub(crate) async fn ended(&mut self) -> Result<TokenSet, CibaError> {
        let mut stopped = self.stop.subscribe();
        let mut stopped = pin!(async move { drop(stopped.wait_for(|stopped| *stopped).await) });
        let mut answered = pin!(self.answered());
        poll_fn(|context| match stopped.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(CibaError::Stopped)),
            Poll::Pending => answered.as_mut().poll(context),
        })
        .await
    }

    async fn answered(&mut self) -> Result<TokenSet, CibaError> {
        loop {
            let now = self.channel.clock().now();
            if now >= self.expires_at {
                return Err(expired(self.outage.clone()));
            }
            let due = self.next_poll.min(self.expires_at);
            if now < due {
                self.channel.clock().sleep_until(due).await;
                continue;
            }
            // Before the request, so that a dropped future does not ask twice in one interval.
            self.next_poll = now + self.interval;
            match self.channel.poll(self.id.expose_secret(), &self.asked).await {
                Ok(tokens) => return Ok(tokens),
                Err(error) => self.schedule(error)?,
            }
        }
    }

    /// Sets when to ask again, or returns the error that ends the waiting.
    fn schedule(&mut self, error: ExchangeError) -> Result<(), CibaError> {
        let now = self.channel.clock().now();
        let asked_for = error.retry_after().unwrap_or_default();
        let outage = self.outage.take();
        match &error {
            ExchangeError::Server(answer) => match answer.code() {
                "slow_down" => {
                    self.interval += SLOW_DOWN;
                    self.back_off = Duration::ZERO;
                }
                // Before the other codes: with such a status, a code is not the user's answer.
                _ if matches!(answer.kind(), ServerErrorKind::RateLimited | ServerErrorKind::ServerTrouble) => {
                    self.ask_less_often();
                }
                "authorization_pending" => self.back_off = Duration::ZERO,
                // With 401, Auth0 rejects the client and not the request.
                "access_denied" if answer.status() != 401 => return Err(CibaError::Denied),
                "expired_token" => return Err(expired(outage)),
                _ => return Err(error.into()),
            },
            ExchangeError::Unavailable(_) => self.ask_less_often(),
            _ => return Err(error.into()),
        }
        if !self.back_off.is_zero() {
            let (hint, reason) = (error.hint(), WithSources(&error));
            tracing::warn!(name: "approval_delayed", target: "auth0_api", event = "approval_delayed", hint, %reason);
            self.outage = Some(error);
        }
        self.next_poll = now + self.interval.max(self.back_off).max(asked_for);
        Ok(())
    }

    /// RFC 8628 §3.5 advises the same for the device flow.
    fn ask_less_often(&mut self) {
        self.back_off = (self.interval.max(self.back_off) * 2).min(LONGEST_AFTER_OUTAGE);
    }
}

/// Returns the error of a request that has expired. After an outage until the end, it is unknown whether the user has answered.
fn expired(outage: Option<ExchangeError>) -> CibaError {
    outage.map_or(CibaError::Expired, CibaError::Exchange)
}

impl StopWaiting {
    /// Ends the waiting now: [`PendingApproval::wait`] returns [`CibaError::Stopped`], also if it is called later.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl fmt::Debug for PendingApproval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingApproval")
            .field("expires_at", &self.expires_at)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

/// CIBA Core §11.
const SLOW_DOWN: Duration = Duration::from_secs(5);
/// The user may have answered in the meantime.
const LONGEST_AFTER_OUTAGE: Duration = Duration::from_secs(60);
