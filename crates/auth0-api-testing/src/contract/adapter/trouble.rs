//! Failures of the server. The 503 response has no challenge, because another token would not help the client.

use std::time::{Duration, SystemTime};

use auth0_api_core::DpopPolicy;
use auth0_api_core::dpop::{ProofId, ReplayFuture, ReplayStore, ReplayStoreError};

use super::suite::Suite;
use super::{Answer, Harness};
use crate::{Endpoint, Misbehaviour};

pub(super) async fn rows<H: Harness>(suite: &mut Suite<'_, H>) {
    let keys = "access tokens cannot be checked at the moment";
    for (misbehaviour, retry_after) in
        [(Misbehaviour::Down, "1"), (Misbehaviour::RateLimited { retry_after: Duration::from_secs(17) }, "17")]
    {
        let row = format!("a tenant that does not serve its keys: {misbehaviour:?}");
        suite.world.tenant.misbehave(Endpoint::Jwks, misbehaviour);
        let to = suite.open(DpopPolicy::accept()).await;
        let rejected = Answer::rejected(503, &[], "temporarily_unavailable", keys).with("retry-after", retry_after);
        let call = suite.bearer("/private", "");
        suite.row(&row, to, call, rejected).await;
        suite.world.tenant.behave();
    }

    let to = suite.open(DpopPolicy::accept().replay_store(Broken)).await;
    let proofs = "proofs cannot be checked at the moment";
    let rejected = Answer::rejected(503, &[], "temporarily_unavailable", proofs).with("retry-after", "5");
    let call = suite.proven(&suite.world.tenant.token_holder(), to, "/private");
    suite.row("a replay store that is unavailable", to, call, rejected).await;
}

/// A replay store that cannot answer.
#[derive(Debug)]
struct Broken;

impl ReplayStore for Broken {
    fn insert<'a>(&'a self, _: &'a ProofId, _: SystemTime, _: SystemTime) -> ReplayFuture<'a> {
        Box::pin(async { Err(ReplayStoreError::Unavailable("secret-redis-host:6379".into())) })
    }
}
