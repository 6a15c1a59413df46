//! The clients at work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::caller::Caller;
use super::kind::{Bad, Good};
use super::random::Random;
use super::thief::Thief;
use super::world::World;
use crate::Result;

/// All clients, each in a task of its own. Dropping it aborts them.
pub(crate) struct Load {
    clients: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Load {
    pub(crate) fn start(world: &Arc<World>, random: &mut Random) -> Self {
        let (mut clients, (stop, stopped)) = (JoinSet::new(), watch::channel(false));
        let mut number = 0;
        for kind in Good::ALL {
            for _ in 0..kind.clients() {
                let (mut caller, stopped) = (Caller::new(world, kind, number, random.split()), stopped.clone());
                clients.spawn(async move {
                    while !*stopped.borrow() {
                        caller.send_one().await;
                    }
                });
                number += 1;
            }
        }
        for kind in Bad::ALL {
            for _ in 0..kind.clients() {
                let (mut thief, stopped) = (Thief::new(world, kind, random.split()), stopped.clone());
                clients.spawn(async move {
                    while !*stopped.borrow() {
                        thief.send_one().await;
                    }
                });
            }
        }
        Self { clients, stop }
    }

    /// Waits until each client has the answer to its last request.
    pub(crate) async fn finish(mut self) -> Result<()> {
        self.stop.send_replace(true);
        let finished = async { while self.clients.join_next().await.is_some() {} };
        Ok(tokio::time::timeout(LIMIT, finished).await.map_err(|_| "clients still wait for an answer")?)
    }
}

/// Longer than a request may take.
const LIMIT: Duration = Duration::from_secs(60);
