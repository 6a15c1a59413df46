//! The algorithms of access tokens: each algorithm can be configured by name, and the default is RS256.

use auth0_api_core::Algorithm;

use auth0_api_testing::{TestWorld, status_and_label};

use crate::log::Log;
use crate::world::{invalid_token, rejection};

#[tokio::test]
async fn every_listed_algorithm_is_accepted() {
    let world = TestWorld::start().await;
    for signed_with in Algorithm::ALL {
        let token = world.tenant.mint().algorithm(signed_with).sign();
        let listed: Algorithm = signed_with.name().parse().unwrap();
        let api = world.builder().algorithms([listed]).build().unwrap();
        assert_eq!(status_and_label(&api.verify_access_token(&token).await), "200 accepted", "{signed_with}");
    }
}

#[tokio::test]
async fn an_unlisted_algorithm_is_rejected_without_a_fetch() {
    let world = TestWorld::start().await;
    for signed_with in Algorithm::ALL {
        let token = world.tenant.mint().algorithm(signed_with).sign();
        let others = Algorithm::ALL.into_iter().filter(|algorithm| algorithm.name() != signed_with.name());
        let api = world.builder().algorithms(others).build().unwrap();
        assert_eq!(
            status_and_label(&api.verify_access_token(&token).await),
            "401 token_alg_not_allowed",
            "{signed_with}"
        );
    }
    assert_eq!((world.tenant.requests().discovery, world.tenant.requests().jwks), (0, 0));
}

#[tokio::test]
async fn only_rs256_is_accepted_by_default() {
    let (world, accepted) = (TestWorld::start().await, ["RS256"]);
    let api = world.api.clone();
    for signed_with in Algorithm::ALL {
        let outcome = api.verify_access_token(&world.tenant.mint().algorithm(signed_with).sign()).await;
        assert_eq!(outcome.is_ok(), accepted.contains(&signed_with.name()), "{signed_with}");
    }
}

#[tokio::test]
async fn symmetric_and_unknown_algorithms_are_rejected_without_a_fetch() {
    let world = TestWorld::start().await;
    let api = world.builder().algorithms(Algorithm::ALL).build().unwrap();
    let table = [
        (
            "HS256",
            "token_alg_symmetric",
            r#"Bearer realm="api", error="invalid_token", error_description="symmetric signature algorithms are not supported""#,
        ),
        (
            "hs512",
            "token_alg_symmetric",
            r#"Bearer realm="api", error="invalid_token", error_description="symmetric signature algorithms are not supported""#,
        ),
        (
            "none",
            "token_alg_unknown",
            r#"Bearer realm="api", error="invalid_token", error_description="the signature algorithm is missing or unknown""#,
        ),
        (
            "ES256K",
            "token_alg_unknown",
            r#"Bearer realm="api", error="invalid_token", error_description="the signature algorithm is missing or unknown""#,
        ),
    ];
    for (name, label, challenge) in table {
        let token = world.tenant.mint().header("alg", name).sign();
        let outcome = api.verify_access_token(&token).await;
        assert_eq!(rejection(&api, outcome), invalid_token(label, challenge), "{name}");
    }
    assert_eq!((world.tenant.requests().discovery, world.tenant.requests().jwks), (0, 0));
}

#[tokio::test]
async fn a_key_verifies_only_signatures_of_its_published_algorithm() {
    // The header names PS256, but the key with that `kid` is published for RS256: so does a tenant with default settings.
    let world = TestWorld::start().await;
    let kid = world.tenant.current_kid();
    for (allowed, fetches) in [(&[Algorithm::RS256, Algorithm::PS256][..], 1), (&[Algorithm::PS256], 2)] {
        let api = world.builder().algorithms(allowed.iter().copied()).build().unwrap();
        let token = world.tenant.mint().algorithm(Algorithm::PS256).header("kid", &*kid).sign();
        for _ in 0..3 {
            let error = api.verify_access_token(&token).await.unwrap_err();
            let hint = error.hint().unwrap();
            assert!(hint.contains("publishes its key for RS256 only"), "{hint}");
            assert!(hint.contains("switch off Include Signing Algorithms in JSON Web Key Set"), "{hint}");
            let challenge = r#"Bearer realm="api", error="invalid_token", error_description="the signing key of the access token is for another algorithm""#;
            assert_eq!(rejection(&api, Err(error)), invalid_token("key_of_other_algorithm", challenge));
        }
        assert_eq!(world.tenant.requests().jwks, fetches, "the first token fetches the keys, and no other one");
    }
}

#[tokio::test]
async fn keys_of_other_algorithms_only_are_reported_once() {
    let (log, subscribed) = Log::subscribe();
    let world = TestWorld::start().await;
    let api = world.builder().algorithms([Algorithm::ES256]).build().unwrap();
    api.warm_up().await.unwrap();
    assert!(api.is_ready());
    assert_eq!(
        status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await),
        "401 token_alg_not_allowed"
    );
    drop(subscribed);
    let (events, texts) = log.read();
    assert_eq!(events.iter().filter(|event| *event == "keys_of_other_algorithms").count(), 1, "{texts}");
    assert!(texts.contains("RS256"), "{texts}");
}
