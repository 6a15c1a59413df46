//! Models of the reload: see [`sync`](crate::sync).
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use shuttle::sync::atomic::{AtomicBool, Ordering};

use super::ApiClient;
use crate::clock::Clock;
use crate::http::{HttpClient, HttpFuture, HttpRequest, HttpResponse};
use crate::jose::{Algorithm, PrivateKey};
use crate::sync::model::check;
use crate::{Reloadable, TokenCache, TrustedDomains};

/// The settings `Old` accept the audience `old` and require the claim `is_old`; the settings `New` accordingly.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Settings {
    New,
    Old,
}

use Settings::{New, Old};

impl Settings {
    fn name(self) -> &'static str {
        if self == New { "new" } else { "old" }
    }

    fn apply(self, settings: Reloadable) -> Reloadable {
        let settings = settings.audiences([self.name()]).required_claims([format!("is_{}", self.name())]);
        // The new settings add an issuer, whose keys the reload fetches.
        let added = (self == New).then_some("other.example");
        settings.domains(TrustedDomains::list(["tenant.example"].into_iter().chain(added)))
    }

    fn other(self) -> Self {
        if self == New { Old } else { New }
    }
}

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }
}

#[derive(Debug)]
struct Tenant;

impl HttpClient for Tenant {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        let body = if request.url.ends_with("jwks.json") {
            format!(r#"{{"keys":[{}]}}"#, KEY.public_jwk())
        } else {
            let (issuer, _) = request.url.split_once(".well-known/").unwrap();
            json!({ "issuer": issuer, "jwks_uri": format!("{issuer}.well-known/jwks.json") }).to_string()
        };
        Box::pin(async {
            yield_now().await;
            Ok(HttpResponse { status: 200, headers: vec![], body: body.into_bytes() })
        })
    }
}

static KEY: LazyLock<PrivateKey> = LazyLock::new(|| PrivateKey::generate().unwrap());
/// For the old settings, for the new ones, and two that only a mixture of settings accepts.
static TOKENS: LazyLock<[String; 4]> =
    LazyLock::new(|| [(Old, Old), (New, New), (Old, New), (New, Old)].map(|(audience, claim)| token(audience, claim)));

fn token(audience: Settings, claim: Settings) -> String {
    let claims = json!({
        "iss": "https://tenant.example/", "aud": audience.name(), "sub": "auth0|ada",
        "iat": 1_700_000_000, "exp": 1_700_003_600,
        (format!("is_{}", claim.name())): true,
    });
    KEY.sign(r#"{"alg":"ES256","typ":"JWT"}"#, &claims.to_string()).unwrap()
}

fn token_for(settings: Settings) -> &'static str {
    let [old, new, ..] = &*TOKENS;
    if settings == New { new } else { old }
}

/// A client with the old settings, which holds the keys and remembers tokens.
fn client() -> ApiClient {
    let api = ApiClient::builder("tenant.example", "old")
        .required_claim("is_old")
        .algorithms([Algorithm::ES256])
        .token_cache(TokenCache::entries(10))
        .http_client(Tenant)
        .clock(Stopped)
        .build()
        .unwrap();
    block_on(api.warm_up()).unwrap();
    api
}

fn verify(api: &ApiClient, token: &'static str) -> JoinHandle<bool> {
    let api = api.clone();
    spawn(async move { api.verify_access_token(token).await.is_ok() })
}

fn reload(api: &ApiClient, to: Settings) -> JoinHandle<()> {
    let api = api.clone();
    spawn(async move { api.reload(|settings| to.apply(settings)).await.unwrap() })
}

/// The settings in force, and that they are the ones that the next reload begins with.
fn in_force(api: &ApiClient) -> Settings {
    let accepts = |settings| block_on(verify(api, token_for(settings))).unwrap();
    let before = if accepts(New) { New } else { Old };
    assert_ne!(accepts(Old), accepts(New));
    block_on(api.reload(|settings| settings)).unwrap();
    assert!(accepts(before) && !accepts(before.other()), "a reload without a change has changed {before:?}");
    before
}

#[test]
fn no_request_after_a_reload_uses_the_old_settings() {
    check(|| {
        let (api, reloaded) = (client(), Arc::new(AtomicBool::new(false)));
        assert!(block_on(verify(&api, token_for(Old))).unwrap());
        let requests = [(); 2].map(|()| {
            let (api, reloaded) = (api.clone(), Arc::clone(&reloaded));
            spawn(async move {
                let began_after = reloaded.load(Ordering::SeqCst);
                let is_accepted = api.verify_access_token(token_for(Old)).await.is_ok();
                assert!(!(began_after && is_accepted), "the old settings are still used");
            })
        });
        block_on(api.reload(|settings| New.apply(settings))).unwrap();
        reloaded.store(true, Ordering::SeqCst);
        for request in requests {
            block_on(request).unwrap();
        }
        assert!(!block_on(verify(&api, token_for(Old))).unwrap(), "the old settings, or a remembered token");
        assert_eq!(in_force(&api), New);
    });
}

#[test]
fn no_request_sees_a_mixture_of_settings() {
    check(|| {
        let (api, reloaded) = (client(), Arc::new(AtomicBool::new(false)));
        let [.., one, other] = &*TOKENS;
        let requests = [one, other].map(|token| verify(&api, token));
        let reader = {
            let (api, reloaded) = (api.clone(), Arc::clone(&reloaded));
            spawn(async move {
                while !reloaded.load(Ordering::SeqCst) {
                    let generation = api.generation();
                    let settings = &generation.verifier.tokens;
                    let audiences: Vec<_> =
                        settings.audiences.iter().map(|audience| format!("is_{audience}")).collect();
                    assert!(settings.required_claims.iter().map(|claim| &**claim).eq(&audiences), "{settings:?}");
                    yield_now().await;
                }
            })
        };
        for reload in [reload(&api, New), reload(&api, Old)] {
            block_on(reload).unwrap();
        }
        reloaded.store(true, Ordering::SeqCst);
        assert_eq!(requests.map(|request| block_on(request).unwrap()), [false, false]);
        block_on(reader).unwrap();
    });
}

#[test]
fn two_reloads_at_once_end_with_one_of_them_as_a_whole() {
    check(|| {
        let api = client();
        let reloads = [reload(&api, New), reload(&api, Old)];
        for reload in reloads {
            block_on(reload).unwrap();
        }
        in_force(&api);
    });
}

#[test]
fn no_reload_is_lost() {
    check(|| {
        let api = client();
        let reloads = ["one", "two"].map(|audience| {
            let api = api.clone();
            spawn(async move {
                let add = |settings: Reloadable| {
                    let audiences: Vec<_> = settings.audiences.iter().cloned().chain([audience.into()]).collect();
                    settings.audiences(audiences)
                };
                api.reload(add).await.unwrap();
            })
        });
        for reload in reloads {
            block_on(reload).unwrap();
        }
        let held = block_on(api.0.settings.lock()).audiences.len();
        assert_eq!(held, 3);
    });
}

#[test]
fn a_dropped_reload_changes_everything_or_nothing() {
    check(|| {
        let api = client();
        let dropped = reload(&api, New);
        dropped.abort();
        _ = block_on(dropped);
        in_force(&api);
    });
}
