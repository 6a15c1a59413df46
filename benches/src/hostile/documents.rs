//! Documents of a tenant. Each fetch reads two of them.

use std::sync::atomic::{AtomicUsize, Ordering};

use auth0_api_core::Algorithm;
use auth0_api_testing::{HttpAnswer, OfflineTenant, ScriptedRoute, SigningKey};
use serde_json::{Value, json};

use super::json::{MEMBERS, VALUES};
use super::must;
use super::world::World;
use crate::Candidate;

pub(super) fn discovery(world: &World) -> Vec<Candidate> {
    let begin = format!(r#"{{"issuer":"{}","jwks_uri":"{}""#, OfflineTenant::ISSUER, OfflineTenant::JWKS_URL);
    texts(&begin, "}").map(|(name, text)| fetch(world, name, OfflineTenant::DISCOVERY_URL, text)).collect()
}

pub(super) fn key_sets(world: &World) -> Vec<Candidate> {
    let begin = format!(r#"{{"keys":[{}]"#, world.key.public_jwk());
    let mut all: Vec<_> = texts(&begin, "}").collect();
    all.extend([
        ("100 RSA keys of 2048 bits", set(&vec![world.key.public_jwk(); 100])),
        ("100 EC keys", set(&vec![SigningKey::generate(Algorithm::ES256).public_jwk(); 100])),
        ("100 RSA keys of 8192 bits", set(&vec![large_key(world); 100])),
        ("empty keys", format!(r#"{{"keys":[{{}}{}]}}"#, ",{}".repeat((LONGEST - 20) / 3))),
    ]);
    all.into_iter().map(|(name, text)| fetch(world, name, OfflineTenant::JWKS_URL, text)).collect()
}

fn texts(begin: &str, end: &str) -> impl Iterator<Item = (&'static str, String)> {
    let room = LONGEST - begin.len() - end.len() - 5;
    let values = VALUES.map(|value| (value.name, format!("{begin},\"x\":{}{end}", value.of_length(room))));
    let members = MEMBERS.map(|members| (members.name, format!("{begin}{}{end}", members.of_length(room))));
    std::iter::once(("a usual document", format!("{begin}{end}"))).chain(values).chain(members)
}

/// Fetches the keys, with this text as one of the documents, successfully or not.
fn fetch(world: &World, name: &'static str, url: &str, text: String) -> Candidate {
    // A tenant of its own, so that the documents of the candidates stay apart.
    let (own, url) = (World::new(), url.to_owned());
    own.jwks().answer([HttpAnswer::json(200, &json!({ "keys": [world.key.public_jwk()] }))]);
    let api = own.api(|builder| builder);
    let route: ScriptedRoute = own.tenant.http().route(url);
    // A key set that has not changed is not read again, so every other answer is longer by a space.
    let answered = AtomicUsize::new(0);
    route.answer_with(move |_| {
        let space = if answered.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) { " " } else { "" };
        HttpAnswer::status(200).header("content-type", "application/json").body(format!("{text}{space}"))
    });
    Candidate::new(name, move || {
        let fetched = own.runtime.block_on(api.refresh_now(OfflineTenant::ISSUER));
        std::hint::black_box(&fetched);
    })
}

fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// An odd modulus of 8192 bits. Whether it has two prime factors, nobody can see.
fn large_key(world: &World) -> Value {
    let mut key = world.key.public_jwk();
    if let Some(modulus) = key.get_mut("n") {
        *modulus = Value::from(format!("{}x", "_".repeat(1365)));
    }
    must(key.get("n").ok_or("no modulus"));
    key
}

/// The longest document that is read.
const LONGEST: usize = 512 * 1024;
