//! DPoP replay protection for an API with more than one replica, in Redis.
//!
//! A DPoP proof may be used once ([RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)). The store in
//! memory, which `auth0-api-core` uses by itself, knows what its own process has seen; with several replicas a stolen
//! proof could be used once at each. [`RedisReplayStore`] records used proofs where all replicas see them.
//!
//! ```
//! use auth0_api_redis::RedisReplayStore;
//!
//! let store = RedisReplayStore::new("redis://redis.internal:6379")?;
//! # drop(store);
//! # Ok::<(), auth0_api_redis::RedisUrlError>(())
//! ```
//!
//! Hand the store to the DPoP policy of the `ApiClient`. It connects when the first proof comes, on tokio, and
//! reconnects by itself: an API may start while Redis is down.
//!
//! # What it does
//!
//! 1. A proof is recorded with one command, `SET key 1 NX PX ttl`. Redis executes it as a whole, so of any number of
//!    simultaneous requests at any number of replicas one wins.
//! 2. The key is a prefix and the proof's SHA-256 name: nothing of the token or the client can be read from it.
//! 3. The time to live is what is left until the proof expires, rounded up to a millisecond. Replicas give it as a
//!    duration, so their clocks need not agree with that of Redis; 30 s more let the replicas' own clocks differ.
//! 4. An answer that does not come within the response timeout (500 ms) counts as an outage, and the connection is
//!    given up for a new one. A connection that broke while idle gets a second try within that time.
//! 5. In an outage requests with a proof are rejected with 503, unless [`OutagePolicy`] says otherwise. When Redis is
//!    full they are rejected with 503 in any case.
//!
//! # Setting Redis up
//!
//! - **`maxmemory-policy noeviction`.** Every other policy may throw away a proof that has not expired, and the proof
//!   is then accepted a second time. With `noeviction` a full Redis rejects to write, and this store rejects the
//!   request.
//! - **One Redis per deployment**, or a [prefix](RedisReplayStoreBuilder::key_prefix) for each: staging must not use up
//!   proofs of production. A Redis that also serves as a cache usually evicts; take another one.
//! - **Memory**: about 150 bytes for each live proof. Proofs are kept for 331 s if the client's clock is right, so 1 000
//!   requests a second take about 50 MB. There is no quota for each key as in memory: give Redis room for what your
//!   clients may sign.
//! - **Persistence** is not needed. A Redis that restarts empty has forgotten the proofs of the last five minutes;
//!   where that matters, use `appendonly yes` with `appendfsync always`, or DPoP nonces, which make a proof useless
//!   after two minutes.
//! - **Replication** in Redis is asynchronous: a failover may lose the writes of its last moments. The same remedies
//!   apply.
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `tls` | no | `rediss://` URLs |

mod builder;
mod connection;
mod outage;
mod store;

pub use builder::{RedisReplayStoreBuilder, RedisUrlError};
pub use outage::OutagePolicy;
pub use store::RedisReplayStore;
