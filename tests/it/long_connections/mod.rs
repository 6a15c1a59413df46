//! Connections that end with their token.

mod events;
mod expiry;
mod handover;
mod revocations;
mod servers;
mod streams;
mod web_sockets;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use auth0_api_core::VerifiedToken;
use auth0_api_core::long_connection::{Ended, UntilEnded};
use auth0_api_core::revocation::{RevocationFuture, RevocationList, TokenIdentity, TokenStatus};
use auth0_api_testing::TestWorld;

/// How a [`Switch`] answers.
#[derive(Clone, Copy, Debug, Default)]
enum Mode {
    Failing,
    Revoked,
    Silent,
    #[default]
    Valid,
}

/// A revocation list whose answer a test changes. Clones share the answer.
#[derive(Clone, Debug, Default)]
struct Switch(Arc<Switched>);

#[derive(Debug, Default)]
struct Switched {
    mode: Mutex<Mode>,
    asked: AtomicUsize,
}

impl Switch {
    fn set(&self, mode: Mode) {
        *self.0.mode.lock().unwrap() = mode;
    }

    /// Returns how often the list was asked since the last call.
    fn asked(&self) -> usize {
        self.0.asked.swap(0, Ordering::SeqCst)
    }
}

impl RevocationList for Switch {
    fn status<'a>(&'a self, _: &'a TokenIdentity) -> RevocationFuture<'a> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        let mode = *self.0.mode.lock().unwrap();
        Box::pin(async move {
            match mode {
                Mode::Failing => Err("connection reset".into()),
                Mode::Revoked => Ok(TokenStatus::Revoked),
                Mode::Silent => std::future::pending().await,
                Mode::Valid => Ok(TokenStatus::Valid),
            }
        })
    }
}

/// Starts a world whose client asks a switch.
async fn with_switch() -> (TestWorld, Switch) {
    let switch = Switch::default();
    let list = switch.clone();
    (TestWorld::start_with(|builder| builder.revocation_list(list)).await, switch)
}

/// Verifies a token that is valid for an hour.
async fn token(world: &TestWorld) -> VerifiedToken {
    let token = world.api.verify_access_token(&world.tenant.mint().expires_in(HOUR).sign()).await.unwrap();
    assert_eq!(token.expires_at(), world.now() + HOUR);
    token
}

/// Runs everything that is due by now, and returns the end of the token if it has come.
async fn settled(until_ended: &mut UntilEnded) -> Option<Ended> {
    for _ in 0..ROUNDS {
        let polled = poll_fn(|context| Poll::Ready(Pin::new(&mut *until_ended).poll(context))).await;
        if let Poll::Ready(ended) = polled {
            return Some(ended);
        }
        tokio::task::yield_now().await;
    }
    None
}

/// Awaits with a time limit, so that a connection that never ends fails the test.
async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(30), future).await.unwrap()
}

/// More rounds than one look at the clock and one question take.
const ROUNDS: usize = 20;

const HOUR: Duration = Duration::from_secs(3600);
