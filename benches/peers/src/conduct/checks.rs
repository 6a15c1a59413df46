//! Which invalid credentials each contestant accepts. A result of a server that accepts everything says nothing.

use std::time::Duration;

use auth0_api_core::Algorithm;
use auth0_api_testing::{DpopClient, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Run, label, progress};
use crate::contestants::{Contestant, Role};
use crate::load::Credentials;
use crate::process::Server;
use crate::site::{PUBLIC_URL, Scheme};
use crate::table::Table;
use crate::world::World;

/// Prints what each contestant accepts although it is invalid.
///
/// # Panics
///
/// If a contestant rejects a valid token, or if this project's adapter accepts an invalid one.
pub(super) async fn run(run: &Run) {
    let mut table = Table::new("Checks: invalid credentials, and who accepts them", &["", "scheme", "accepts"]);
    for (scheme, contestant) in run.entries().into_iter().filter(|(_, contestant)| contestant.verifies()) {
        progress("checks", contestant);
        let accepted = accepted(&run.world, scheme, contestant).await;
        assert!(contestant.role != Role::Ours || accepted.is_empty(), "{} accepts {accepted:?}", contestant.id);
        let accepted = if accepted.is_empty() { "nothing invalid".to_owned() } else { accepted.join(", ") };
        table.row(vec![label(contestant), scheme.to_string(), accepted]);
    }
    table.print();
}

async fn accepted(world: &World, scheme: Scheme, contestant: &Contestant) -> Vec<&'static str> {
    let server = Server::ready(contestant, &world.site(scheme), &world.credentials(scheme, 1)).await;
    let mut accepted = Vec::new();
    for (name, credentials) in invalid(world, scheme) {
        // The last answer counts: the second one, for a proof that is sent twice.
        let mut status = server.status(&credentials).await;
        if name == REPLAYED {
            status = server.status(&credentials).await;
        }
        if status == 200 {
            accepted.push(name);
        }
    }
    accepted
}

fn invalid(world: &World, scheme: Scheme) -> Vec<(&'static str, Credentials)> {
    match scheme {
        Scheme::Bearer => bearer(world),
        Scheme::Dpop => dpop(world),
    }
}

/// Each differs in one thing from the valid token.
fn bearer(world: &World) -> Vec<(&'static str, Credentials)> {
    let stranger = SigningKey::generate(Algorithm::RS256).with_kid(world.signing_key.kid());
    let valid = world.token().sign();
    let (signed, _) = valid.rsplit_once('.').unwrap();
    let payload = signed.split_once('.').unwrap().1;
    let unsigned = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#));
    let tokens = [
        ("a token of another key", world.token().key(&stranger).sign()),
        ("an unsigned token", unsigned),
        ("another audience", world.token().audience("https://other.example.com").sign()),
        ("another issuer", world.token().issuer("https://other.example.com/").sign()),
        ("an expired token", expired(world)),
    ];
    let none = ("a request without a token", Credentials::Same(String::new()));
    tokens.into_iter().map(|(name, token)| (name, Credentials::bearer(&token))).chain([none]).collect()
}

/// A token that expired an hour ago.
fn expired(world: &World) -> String {
    let now = world.tenant.clock().now();
    world.token().issued_at(now - 2 * HOUR).expires_at(now - HOUR).sign()
}

fn dpop(world: &World) -> Vec<(&'static str, Credentials)> {
    let token = world.token().bound_to(&world.client).sign();
    let with = |proof: String| Credentials::Proofs { token: token.clone(), proofs: vec![proof] };
    let url = format!("{PUBLIC_URL}/orders");
    vec![
        ("a proof of another key", with(DpopClient::generate().proof("GET", &url).access_token(&token).sign())),
        ("a proof for another method", with(world.client.proof("POST", &url).access_token(&token).sign())),
        ("a proof for another URL", with(world.client.proof("GET", PUBLIC_URL).access_token(&token).sign())),
        ("a proof without `ath`", with(world.client.proof("GET", &url).sign())),
        (REPLAYED, with(world.proof(&token))),
        ("a bound token without a proof", Credentials::bearer(&token)),
    ]
}

const REPLAYED: &str = "the same proof twice";
const HOUR: Duration = Duration::from_secs(3600);
