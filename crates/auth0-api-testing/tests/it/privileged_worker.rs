//! Privileged workers: a client exchanges a JWT of its own for a third party's access token of a user.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use auth0_api_core::Algorithm;
use auth0_api_testing::{Application, Credential, LinkedAccount, SigningKey, TokenBuilder};

use crate::world::{Form, VAULT, World};

const ADA: &str = "auth0|ada";
const UUID: &str = "9b2fe1c4-0d7a-4c1e-8f3b-5a6d7e8f9012";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const TOKEN_VAULT: &str = "http://auth0.com/oauth/token-type/token-vault-access-token";
const CLIENT: &str = "worker";

/// The number of the next assertion.
static NEXT: AtomicUsize = AtomicUsize::new(0);

async fn world() -> (World, SigningKey) {
    let key = SigningKey::generate(Algorithm::ES256);
    let worker = Application::custom_api(CLIENT, Credential::private_key_jwt(&key), "https://worker.example.com");
    let world = World::with(|builder| {
        builder.application(worker).linked_account(ADA, LinkedAccount::new("google-oauth2").scopes(["calendar"]))
    });
    (world.await, key)
}

fn now(world: &World) -> SystemTime {
    world.tenant.clock().now()
}

/// A JWT that the tenant accepts. A test changes one claim.
fn subject(world: &World, key: &SigningKey) -> TokenBuilder {
    let token = world.tenant.mint().key(key).header("typ", "token-vault-req+jwt").issuer(CLIENT).subject(ADA);
    let token = token.audience(world.tenant.issuer()).issued_at(now(world)).claim("jti", UUID);
    token.claim("audit_context", "nightly report")
}

fn form(world: &World, key: &SigningKey, subject: &TokenBuilder) -> Form {
    let assertion = world.tenant.mint().key(key).issuer(CLIENT).subject(CLIENT).audience(world.tenant.issuer());
    let assertion = assertion.claim("jti", NEXT.fetch_add(1, Ordering::SeqCst).to_string());
    let assertion = assertion.expires_in(Duration::from_secs(60)).sign();
    Form::new(&[
        ("grant_type", VAULT),
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &assertion),
        ("subject_token", &subject.sign()),
        ("subject_token_type", JWT),
        ("requested_token_type", TOKEN_VAULT),
        ("connection", "google-oauth2"),
    ])
}

#[tokio::test]
async fn a_jwt_gives_a_token_once() {
    let (world, key) = world().await;
    let subject = subject(&world, &key);
    let body = world.ask(&form(&world, &key, &subject)).await.json();
    assert_eq!((&body["issued_token_type"], &body["scope"]), (&TOKEN_VAULT.into(), &"calendar".into()), "{body}");
    let again = "The subject_token of the privileged worker is rejected: its jti has been used before";
    world.rejects(&form(&world, &key, &subject), 400, "invalid_request", again).await;
}

#[tokio::test]
async fn an_organization_must_exist_and_have_the_user_as_a_member() {
    let (world, key) = world().await;
    let member = subject(&world, &key).claim("org_id", "org_acme");
    assert_eq!(world.ask(&form(&world, &key, &member)).await.status, 200);
}

#[tokio::test]
async fn a_jwt_with_one_fault_is_rejected() {
    let (world, key) = world().await;
    let good = || subject(&world, &key);
    let other_key = SigningKey::generate(Algorithm::ES256);
    let old = "it is older than 60 seconds or issued in the future";
    let context = "audit_context must have 1 to 256 characters";
    for (subject, reason) in [
        (good().claim("jti", "one"), "jti is not a UUID"),
        (good().claim("jti", UUID.replace('-', "")), "jti is not a UUID"),
        (good().claim("jti", UUID.replace('9', "g")), "jti is not a UUID"),
        (good().claim("jti", format!("{UUID}-")), "jti is not a UUID"),
        (good().without_claim("jti"), "jti is not a UUID"),
        (good().claim("org_id", "org_unknown"), "org_id is not the id of an organization"),
        (good().claim("org_id", "acme"), "org_id is not the id of an organization"),
        (good().claim("org_id", 5), "org_id is not the id of an organization"),
        (good().claim("org_id", "org_other"), "the user is not a member of the organization in org_id"),
        (good().key(&other_key), "its signature does not verify"),
        (good().header("typ", "JWT"), "typ is not token-vault-req+jwt"),
        (good().issuer("other"), "iss is not the client"),
        (good().audience("https://other.example.com/"), "aud is not this tenant"),
        (good().issued_at(now(&world) - Duration::from_secs(61)), old),
        (good().issued_at(now(&world) + Duration::from_secs(1)), old),
        (good().claim("audit_context", ""), context),
        (good().claim("audit_context", "a".repeat(257)), context),
        (good().without_claim("sub"), "sub is missing"),
    ] {
        let description = format!("The subject_token of the privileged worker is rejected: {reason}");
        world.rejects(&form(&world, &key, &subject), 400, "invalid_request", &description).await;
    }
    assert_eq!(world.ask(&form(&world, &key, &good())).await.status, 200);
}
