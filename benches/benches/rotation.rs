//! Measures verification while keys rotate, and while an attacker sends unknown key ids. The results show how much the
//! rotations and the attack slow the requests of other users.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "prints results; a panic shows what failed")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use auth0_api_core::{Algorithm, ApiClient};
use auth0_api_testing::{HttpAnswer, LocalTenant, ScriptedHttp, ScriptedRoute, SigningKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use tokio::runtime::Runtime;

fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let (rounds, round) = if is_bench { (12, Duration::from_secs(5)) } else { (1, Duration::from_millis(250)) };
    let world = World::new();
    rotate(&world, rounds, round);
    attack(&world, round * 2);
}

/// Two threads verify tokens. In every second round, the keys change ten times per second.
fn rotate(world: &World, rounds: usize, round: Duration) {
    let (mut calm, mut rotating, mut rotations) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        calm.push(verify_for(world, round, || thread::sleep(ROTATE_EVERY)));
        rotating.push(verify_for(world, round, || {
            thread::sleep(ROTATE_EVERY);
            rotations += 1;
            world.rotate(rotations);
        }));
    }
    println!(
        "\nkeys rotating every {ROTATE_EVERY:?}, 2 threads, {rounds} rounds of {round:?} with and {rounds} without\n"
    );
    println!("  {rotations} rotations, {} fetches", world.jwks.count());
    let (calm, rotating) = (median(calm), median(rotating));
    println!("  {calm:>8} verifications a second without, {rotating} with: ratio {:.3}", ratio(rotating, calm));
}

/// Verifies tokens on two threads while the calling thread repeats `meanwhile`. Returns the verifications per second.
fn verify_for(world: &World, time: Duration, mut meanwhile: impl FnMut()) -> usize {
    let (ends, verified, began) = (AtomicBool::new(false), AtomicUsize::new(0), Instant::now());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut count = 0;
                while !ends.load(Ordering::Relaxed) {
                    world.verify();
                    count += 1;
                }
                verified.fetch_add(count, Ordering::Relaxed);
            });
        }
        while began.elapsed() < time {
            meanwhile();
        }
        ends.store(true, Ordering::Relaxed);
    });
    let milliseconds = usize::try_from(began.elapsed().as_millis()).unwrap();
    verified.into_inner() * 1000 / milliseconds
}

/// Measures the latency of one thread that verifies its token, in three situations: alone; beside a neighbour; and
/// beside an attacker. The neighbour is a thread that verifies valid tokens without a pause. The attacker is a thread
/// that sends unknown key ids without a pause. During the attack, the issuer publishes its keys once more.
fn attack(world: &World, time: Duration) {
    println!("\none user's latency, {time:?} each\n");
    report("alone", latencies(world, time, |_| thread::sleep(Duration::from_millis(1))));
    report("beside a neighbour", latencies(world, time, |_| world.verify()));
    let fetched = world.jwks.count();
    let mut attempts = 0;
    let bogus = world.token.split_once('.').map(|(_, rest)| rest.to_owned()).unwrap();
    let attacked = latencies(world, time, |number| {
        attempts = number;
        if number == ROTATE_AFTER_ATTEMPTS {
            world.publish(number);
        }
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"RS256","kid":"random-{number}"}}"#));
        let rejected = world.runtime.block_on(world.api.verify_access_token(&format!("{header}.{bogus}")));
        // The first key ids cause fetches. Then the permits are used up.
        let label = rejected.unwrap_err().label();
        assert!(["key_unknown", "key_not_looked_for"].contains(&label), "{label}");
    });
    report("under attack", attacked);
    println!("\n  {attempts} key ids that do not exist caused {} fetches", world.jwks.count() - fetched);
}

/// Returns the nanoseconds of each verification, while another thread calls `other` with increasing numbers.
fn latencies(world: &World, time: Duration, mut other: impl FnMut(usize) + Send) -> Vec<u128> {
    let (ends, began) = (AtomicBool::new(false), Instant::now());
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0;
            while !ends.load(Ordering::Relaxed) {
                other(number);
                number += 1;
            }
        });
        let mut nanoseconds = Vec::new();
        while began.elapsed() < time {
            let start = Instant::now();
            world.verify();
            nanoseconds.push(start.elapsed().as_nanos());
        }
        ends.store(true, Ordering::Relaxed);
        nanoseconds
    })
}

fn report(name: &str, mut nanoseconds: Vec<u128>) {
    nanoseconds.sort_unstable();
    let quantile = |per_mille: usize| nanoseconds.get((nanoseconds.len() - 1) * per_mille / 1000).unwrap() / 1000;
    println!("  {name:<20} {:>6} µs median, {:>6} µs p99, {:>6} µs p99.9", quantile(500), quantile(990), quantile(999));
}

/// An API, the token of the API's only user, and the keys that the issuer publishes in turn.
struct World {
    runtime: Runtime,
    api: ApiClient,
    jwks: ScriptedRoute,
    user: SigningKey,
    others: Vec<SigningKey>,
    token: String,
}

impl World {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let tenant = runtime.block_on(LocalTenant::start()).unwrap();
        let user = SigningKey::generate(Algorithm::RS256);
        let others = (0..4).map(|_| SigningKey::generate(Algorithm::RS256)).collect();
        let token = tenant.mint().issuer(ISSUER).key(&user).sign();
        let (http, jwks_uri) = (ScriptedHttp::new(), format!("{ISSUER}keys"));
        let document = HttpAnswer::json(200, &json!({ "issuer": ISSUER, "jwks_uri": jwks_uri }));
        http.route(format!("{ISSUER}.well-known/openid-configuration")).answer([document]);
        let jwks = http.route(jwks_uri);
        let api = ApiClient::builder(ISSUER, tenant.audience()).http_client(http).build().unwrap();
        let world = Self { runtime, api, jwks, user, others, token };
        world.publish(0);
        world.runtime.block_on(world.api.warm_up()).unwrap();
        world
    }

    /// Publishes the user's key and one of the other keys.
    fn publish(&self, number: usize) {
        let other = self.others.get(number % self.others.len()).unwrap();
        let keys = json!({ "keys": [self.user.public_jwk(), other.public_jwk()] });
        self.jwks.answer([HttpAnswer::json(200, &keys)]);
    }

    fn rotate(&self, number: usize) {
        self.publish(number);
        self.runtime.block_on(self.api.refresh_now(ISSUER)).unwrap();
    }

    fn verify(&self) {
        self.runtime.block_on(self.api.verify_access_token(&self.token)).unwrap();
    }
}

fn median(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "the counts are far below 2^52")]
fn ratio(of: usize, to: usize) -> f64 {
    of as f64 / to as f64
}

const ISSUER: &str = "https://tenant.example/";
const ROTATE_EVERY: Duration = Duration::from_millis(100);
const ROTATE_AFTER_ATTEMPTS: usize = 100;
