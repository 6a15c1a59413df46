//! The calls, one after the other, as a program makes them.

use std::time::Duration;

use auth0_api_core::Clock as _;
use auth0_api_core::jose::PrivateKey;
use auth0_api_core::{Algorithm, ClientAuth};
use auth0_api_management::{ManagementError, ProfileChange, ProfileType};
use auth0_api_testing::{Application, Credential, SigningKey};

use crate::intercepting::Intercepting;
use crate::world::{ACTION, TYPE, World, wanted};

#[tokio::test]
async fn a_profile_is_created_read_changed_and_deleted() {
    let world = World::new().await;
    let created = world.profiles.create(&wanted()).await.unwrap();
    assert!(created.id().starts_with("tep_"), "{created:?}");
    assert_eq!(
        (created.name(), created.subject_token_type(), created.action_id(), created.profile_type()),
        ("Legacy sessions", TYPE, ACTION, &ProfileType::CustomAuthentication)
    );
    assert_eq!((created.created_at(), created.updated_at()), (world.clock.now(), world.clock.now()));
    assert!(created.other().is_empty());
    assert_eq!(world.profiles.get(created.id()).await.unwrap(), created);
    assert_eq!(world.profiles.find(TYPE).await.unwrap().as_ref(), Some(&created));
    assert_eq!(world.profiles.find("urn:acme:other").await.unwrap(), None);

    world.clock.pass(5);
    let change = ProfileChange::new().name("Old sessions").subject_token_type("urn:acme:old-session");
    world.profiles.update(created.id(), &change).await.unwrap();
    let changed = world.profiles.get(created.id()).await.unwrap();
    assert_eq!((changed.name(), changed.subject_token_type()), ("Old sessions", "urn:acme:old-session"));
    let since = changed.updated_at().duration_since(changed.created_at()).ok();
    assert_eq!((since, changed.created_at()), (Some(Duration::from_secs(5)), created.created_at()));

    for _ in 0..2 {
        world.profiles.delete(created.id()).await.unwrap();
    }
    let gone = world.profiles.get(created.id()).await.unwrap_err();
    assert!(matches!(&gone, ManagementError::NotFound(error) if error.status() == 404), "{gone:?}");
}

#[tokio::test]
async fn a_profile_works_at_once_at_the_token_endpoint() {
    let world = World::new().await;
    assert!(world.exchange().await.is_err());
    let profile = world.profiles.ensure(&wanted()).await.unwrap().into_profile();
    let tokens = world.exchange().await.unwrap();
    assert!(tokens.access_token().expose().starts_with("eyJ"));
    world.profiles.delete(profile.id()).await.unwrap();
    assert!(world.exchange().await.is_err());
}

#[tokio::test]
async fn a_client_with_a_private_key_gets_a_token_too() {
    let key = SigningKey::generate(Algorithm::ES256);
    let credential = Credential::private_key_jwt(&key);
    let options = |builder: auth0_api_testing::LocalTenantBuilder| {
        builder.application(Application::machine("signer", credential))
    };
    let world = World::with(Intercepting::watching(), options).await;
    let key = PrivateKey::from_pem(&key.private_key_pem()).unwrap();
    let client = world.builder_as(ClientAuth::private_key_jwt("signer", key)).build().unwrap();
    let created = client.token_exchange_profiles().create(&wanted()).await.unwrap();
    assert_eq!(created.name(), "Legacy sessions");
    let request = world.tenant.token_requests().pop().unwrap();
    assert!(request.field("client_assertion").is_some() && request.field("client_secret").is_none());
}

#[tokio::test]
async fn requests_name_this_crate_unless_told_otherwise() {
    let world = World::new().await;
    world.profiles.find(TYPE).await.unwrap();
    let header = |http: &Intercepting| {
        let requests = http.requests();
        let headers = requests.iter().flat_map(|request| request.headers.clone());
        headers.filter(|(name, _)| name == "auth0-client").count()
    };
    // The discovery document, the token, and the list.
    assert_eq!(header(&world.http), 3);
    let silent = Intercepting::watching();
    let client = world.builder().http_client(silent.clone()).without_telemetry().build().unwrap();
    client.token_exchange_profiles().find(TYPE).await.unwrap();
    assert_eq!((header(&silent), silent.calls().len()), (0, 1));
}
