//! A client whose requests must always be rejected.

use std::sync::Arc;
use std::time::Instant;

use super::caller::seen;
use super::kind::Bad;
use super::random::Random;
use super::record::Record;
use super::world::{UsedProof, World};

pub(crate) struct Thief {
    world: Arc<World>,
    kind: Bad,
    random: Random,
}

impl Thief {
    pub(crate) fn new(world: &Arc<World>, kind: Bad, random: Random) -> Self {
        Self { world: Arc::clone(world), kind, random }
    }

    /// Sends one request, if there is something to send yet.
    pub(crate) async fn send_one(&mut self) {
        self.world.pause(&mut self.random).await;
        let (mut first_used, began) = (None, Instant::now());
        let request = self.world.http.get(format!("{}/orders", self.world.url));
        let request = match self.kind {
            Bad::Expired => request.bearer_auth(self.world.keys.mint_expired()),
            Bad::NoToken => request,
            Bad::OtherAudience => request.bearer_auth(self.world.keys.mint_for("https://other.example.com")),
            Bad::RemovedKey => {
                let Some(token) = self.world.keys.mint_with_removed_key() else { return };
                request.bearer_auth(token)
            }
            Bad::UsedProof => {
                let Some(used) = self.world.steal(&mut self.random) else { return };
                first_used = Some(used.first_used);
                self.copy_of(&used)
            }
        };
        let (outcome, detail) = seen(request.send().await).await;
        let (kind, ended) = (self.kind, Instant::now());
        self.world.records.add_bad(Record { kind, began, ended, outcome, first_used, detail });
    }

    /// The same request, to the other replica: with the host that the client named.
    fn copy_of(&self, used: &UsedProof) -> reqwest::RequestBuilder {
        let host = self.world.url.trim_start_matches("http://");
        let request = self.world.http.get(format!("http://{}/orders", used.other)).header("host", host);
        request.header("authorization", format!("DPoP {}", used.token)).header("dpop", &used.proof)
    }
}
