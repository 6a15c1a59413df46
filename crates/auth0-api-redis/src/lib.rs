//! DPoP replay protection and logouts for an API with more than one replica, in Redis.
//!
//! A DPoP proof may be used once ([RFC 9449 §11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)). The default
//! store of `auth0-api-core` is in memory and knows only the proofs that its own process has seen. With several
//! replicas, a stolen proof could be used once at each replica. [`RedisReplayStore`] records used proofs in Redis,
//! where all replicas see them.
//!
//! ```no_run
//! use auth0_api_core::{ApiClient, DpopPolicy};
//! use auth0_api_redis::RedisReplayStore;
//!
//! # fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let store = RedisReplayStore::new("redis://redis.internal:6379")?;
//! let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
//!     .dpop(DpopPolicy::accept().replay_store(store))
//!     .build()?;
//! # drop(api);
//! # Ok(())
//! # }
//! ```
//!
//! # Find your way
//!
//! | to | use | read |
//! |---|---|---|
//! | share used proofs between replicas | [`RedisReplayStore`] | [replay](auth0_api_core::guide::replay) |
//! | use the server that the setting `redis_url` names | [`share_used_proofs`] | [settings](auth0_api_core::guide::settings) |
//! | share logouts between replicas | [`RedisRevocationStore`] | [logout](auth0_api_core::guide::logout) |
//! | use a cluster or sentinels | [`RedisReplayStore::cluster`], [`RedisReplayStore::sentinel`] | [below](#cluster-and-sentinel) |
//! | configure Redis | | [below](#setting-redis-up) |
//! | accept requests during an outage of Redis | [`OutagePolicy`] | |
//! | lose no proof when a master fails | [`replicas`](RedisReplayStoreBuilder::replicas) | [replay](auth0_api_core::guide::replay#what-a-failover-of-redis-loses) |
//!
//! Pass the store to `DpopPolicy::replay_store`, as above. The store needs tokio. It connects when the first proof
//! arrives, and reconnects automatically. So an API can start while Redis is down.
//!
//! # What it does
//!
//! 1. A proof is recorded with one command, `SET key 1 NX PX ttl`. Redis executes it atomically. So of any number of
//!    simultaneous requests with one proof, at any number of replicas, exactly one is accepted.
//! 2. The key is a prefix followed by the proof's SHA-256 digest. It reveals nothing about the token or the client.
//! 3. The time to live is the time until the proof expires, plus 30 s, rounded up to a millisecond. It is a duration,
//!    so the clocks of the API's replicas need not agree with the clock of Redis. The 30 s allow these clocks to differ
//!    from each other, and requests to wait: what the response timeout exceeds 500 ms by is added. The clocks of the Redis
//!    nodes must agree, see [below](#setting-redis-up).
//! 4. If Redis does not answer within the response timeout (500 ms), this counts as an outage, and the connection is
//!    replaced by a new one. All requests share the new one, and the attempt to make it. If a connection broke while it was
//!    idle, the command is sent a second time within the same timeout. If Redis then knows the proof, this request may have
//!    recorded it itself, or it is a replay: the answer is 503. An idle connection is probed after 30 s, so that firewalls
//!    do not forget it.
//! 5. During an outage, requests with a proof are rejected with 503, unless another [`OutagePolicy`] is configured.
//!    When Redis is full, these requests are always rejected with 503. So is a request whose proof the master has recorded,
//!    when fewer replicas have it than the setting [`replicas`](RedisReplayStoreBuilder::replicas) demands.
//!
//! # Setting Redis up
//!
//! - **`maxmemory-policy noeviction`.** Every other policy may evict a proof that has not expired, and the proof is
//!   then accepted a second time. With `noeviction`, a full Redis rejects the write, and this store rejects the
//!   request.
//! - **One Redis per deployment**, or a different [prefix](RedisReplayStoreBuilder::key_prefix) for each. Otherwise
//!   production rejects a proof that staging has recorded. A Redis that is also used as a cache usually evicts entries,
//!   so use a separate Redis for this store.
//! - **Memory**: about 150 bytes for each live proof. A proof is kept for 331 s if the client's clock is right, so
//!   1 000 requests a second take about 50 MB. Unlike the store in memory, this store has no quota for each key: Redis
//!   needs enough memory for all proofs that the clients may sign.
//! - **Persistence** is not needed. A Redis that restarts empty has lost the proofs of the last five minutes. If that
//!   matters, use `appendonly yes` with `appendfsync always`, or DPoP nonces: the API then rejects a proof whose nonce
//!   is older than two minutes.
//! - **Replication** in Redis is asynchronous. When a master fails, the proofs that its replicas do not have are lost,
//!   and each can be used once more. The setting [`replicas`](RedisReplayStoreBuilder::replicas) prevents that: a request
//!   is accepted only when replicas have its proof.
//! - **Clocks**: Redis stores when a proof expires as a time of its own clock, and its replicas get the same time. So a node
//!   forgets a proof too early if its clock is set forward, or if it becomes the master and its clock is ahead. The proof is
//!   then accepted a second time. The clocks of all nodes must agree within
//!   [`clock_margin`](RedisReplayStoreBuilder::clock_margin), and must not be set forward while proofs live. Let NTP correct
//!   them slowly.
//! - **Permissions**: the user needs `+set` for keys with the prefix. With a cluster also `+cluster|slots` and `+asking`,
//!   with sentinels `+role`, with the setting `replicas` `+wait`, and for another database than 0 `+select`. At the
//!   sentinels, the user needs `+sentinel`.
//!
//! # Cluster and Sentinel
//!
//! | Redis | constructor |
//! |---|---|
//! | one server, or a service that keeps one address for the master | [`RedisReplayStore::builder`] |
//! | Redis Cluster | [`RedisReplayStore::cluster`] |
//! | Redis Sentinel | [`RedisReplayStore::sentinel`] |
//!
//! A service or a proxy that keeps one address for the master must close the connections to a server that is no longer the
//! master. Otherwise a process that only reads logouts reads old ones there.
//!
//! All have the same settings. They use no further crate, so there is no Cargo feature for them.
//!
//! In a cluster, each proof is one key, so every command works at one master. The store asks the nodes which master
//! serves a key, follows redirects, and asks again after a redirect, an error or a time-out. Behind sentinels, the store
//! asks for the master each time it connects, and checks its role. It connects again after an error, after `READONLY` and
//! after a time-out. In both cases, requests with a proof are rejected with 503 from the failure of a master until its
//! replacement, and the outage ends by itself. In a cluster, this affects only the proofs of the failed master, unless
//! the cluster stops as a whole (`cluster-require-full-coverage`).
//!
//! A master that is cut off from the others may accept proofs until it notices. Set `min-replicas-to-write 1` in Redis,
//! or the setting `replicas`, so that it rejects them.
//!
//! TLS works the same way in all three: the store makes each connection itself, with its own cryptographic provider. It
//! neither reads nor sets the provider of the process. The client for clusters of the `redis` crate would set it, and
//! is not used. With `rediss://`, all nodes, or all sentinels and Redis servers, use TLS. Their certificates must be valid
//! for the names that the nodes announce, which are IP addresses by default. To announce host names, use
//! `cluster-announce-hostname` with `cluster-preferred-endpoint-type hostname`, or for sentinels
//! `sentinel resolve-hostnames yes` with `sentinel announce-hostnames yes`. TLS with client certificates, and TLS for
//! only the sentinels or only the servers, are not possible.
//!
//! # Logouts
//!
//! [`RedisRevocationStore`] keeps the back-channel logouts of the tenant, so that all replicas reject the tokens of users
//! who have logged out. [The guide](auth0_api_core::guide::logout) explains logouts. The store has the same constructors
//! and, apart from the [`OutagePolicy`], the same settings.
//!
//! 1. A logout is written with one script, `EVAL`, which Redis executes atomically: of two logouts of one user, the later
//!    one stays, in whatever order they arrive. Each request with a valid token reads with one `GET`.
//! 2. The key is a prefix followed by a SHA-256 digest of issuer and user. The value is a time in seconds.
//! 3. An entry lives for the longest lifetime of an access token, 30 days by default, and takes about 180 bytes: a million
//!    logouts take 180 MB.
//! 4. If Redis does not answer within the response timeout, the request is rejected with 503.
//!
//! Redis needs **`maxmemory-policy noeviction`** here too: a logout that Redis evicts is no longer in force. And it needs
//! **persistence**, `appendonly yes`: after a restart without it, tokens of users who have logged out are accepted again
//! until they expire. The user needs `+eval`, `+get`, `+set` and `+pttl` for keys with the prefix, and in the
//! same cases as above `+cluster|slots`, `+asking`, `+role`, `+wait` and `+select`.
//!
//! # Features
//!
//! | feature | default | enables |
//! |---|---|---|
//! | `tls` | no | `rediss://` URLs |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod cluster;
mod command;
mod configured;
mod connection;
mod endpoints;
mod error;
mod first;
mod inspection;
mod node;
mod outage;
mod recording;
mod replicas;
mod revocation_builder;
mod revocation_store;
mod revoking;
mod sentinels;
mod server;
mod settings;
mod shared;
mod store;
mod times;
#[cfg(feature = "tls")]
mod tls;
mod trouble;

pub use builder::RedisReplayStoreBuilder;
pub use configured::share_used_proofs;
pub use error::RedisConfigError;
pub use inspection::{RedisInspection, RedisInspectionError};
pub use outage::OutagePolicy;
pub use revocation_builder::RedisRevocationStoreBuilder;
pub use revocation_store::RedisRevocationStore;
pub use store::RedisReplayStore;

// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
