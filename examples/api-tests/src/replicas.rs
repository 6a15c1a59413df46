//! Two processes that share the record of used proofs in Redis.

use auth0_api_testing::{LocalTenant, RedisServer};

use crate::process::{Holder, PRIVATE, Process, header};

/// The URL that clients call. It is the same for all replicas.
const PUBLIC_URL: &str = "https://api.example.com";

pub async fn a_proof_used_at_one_replica_is_rejected_at_the_other() {
    let Some(redis) = RedisServer::start().await else { return };
    let tenant = LocalTenant::start().await.unwrap();
    let settings = [("PUBLIC_URL", PUBLIC_URL), ("REDIS_URL", &redis.url())];
    let (one, other) = (Process::start(&tenant, &settings).await, Process::start(&tenant, &settings).await);

    let holder = Holder::new(&tenant);
    let proof = holder.proof(&format!("{PUBLIC_URL}{PRIVATE}")).sign();
    let headers = [("authorization", &*holder.authorization()), ("dpop", &proof)];
    assert_eq!(one.get(PRIVATE, &headers).await.status(), 200);
    for replica in [&other, &one] {
        let replayed = replica.get(PRIVATE, &headers).await;
        assert_eq!(replayed.status(), 401);
        let challenge =
            r#"DPoP error="invalid_dpop_proof", error_description="the proof has been used before", algs="ES256""#;
        assert_eq!(header(&replayed, "www-authenticate"), [r#"Bearer realm="api""#, challenge]);
    }
    assert_eq!(other.prove(&holder, PUBLIC_URL, &[]).await.status(), 200);
}

pub async fn replicas_without_redis_each_accept_a_proof_once() {
    let tenant = LocalTenant::start().await.unwrap();
    let settings = [("PUBLIC_URL", PUBLIC_URL)];
    let (one, other) = (Process::start(&tenant, &settings).await, Process::start(&tenant, &settings).await);
    let holder = Holder::new(&tenant);
    let proof = holder.proof(&format!("{PUBLIC_URL}{PRIVATE}")).sign();
    let headers = [("authorization", &*holder.authorization()), ("dpop", &proof)];
    for (replica, status) in [(&one, 200), (&other, 200), (&one, 401), (&other, 401)] {
        assert_eq!(replica.get(PRIVATE, &headers).await.status(), status);
    }
}

pub async fn proofs_are_rejected_with_503_while_redis_is_down() {
    let Some(mut redis) = RedisServer::start().await else { return };
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[("PUBLIC_URL", PUBLIC_URL), ("REDIS_URL", &redis.url())]).await;
    let holder = Holder::new(&tenant);
    let bearer = format!("Bearer {}", tenant.mint().sign());
    assert_eq!(api.prove(&holder, PUBLIC_URL, &[]).await.status(), 200);

    redis.stop();
    for _ in 0..3 {
        let rejected = api.prove(&holder, PUBLIC_URL, &[]).await;
        assert_eq!((rejected.status().as_u16(), header(&rejected, "retry-after").concat().as_str()), (503, "5"));
        assert_eq!(header(&rejected, "www-authenticate"), [""; 0]);
        let body =
            r#"{"error":"temporarily_unavailable","error_description":"proofs cannot be checked at the moment"}"#;
        assert_eq!(rejected.text().await.unwrap(), body);
    }
    assert_eq!(api.get(PRIVATE, &[("authorization", &bearer)]).await.status(), 200, "a Bearer token needs no Redis");

    redis.start_again().await;
    assert_eq!(api.prove(&holder, PUBLIC_URL, &[]).await.status(), 200);
    assert!(api.log().contains(r#"error.type="replay_store_unavailable""#), "{}", api.log());
}

pub async fn an_api_starts_while_redis_is_down() {
    let Some(mut redis) = RedisServer::start().await else { return };
    redis.stop();
    let tenant = LocalTenant::start().await.unwrap();
    let api = Process::start(&tenant, &[("PUBLIC_URL", PUBLIC_URL), ("REDIS_URL", &redis.url())]).await;
    let holder = Holder::new(&tenant);
    assert_eq!(api.prove(&holder, PUBLIC_URL, &[]).await.status(), 503);
    redis.start_again().await;
    assert_eq!(api.prove(&holder, PUBLIC_URL, &[]).await.status(), 200);
}
