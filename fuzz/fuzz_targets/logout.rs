//! The API and a second implementation decide the same about a logout token, and give the same reason. The API revokes
//! the tokens of a user only after an accepted logout. A form leads to a logout only if it contains exactly one token.
//!
//! Input: a line with the JOSE header, then the claims, both as text. The input is also read as a form, in which `$TOKEN`
//! is replaced with a valid logout token.
#![no_main]

use std::sync::{Arc, LazyLock, Mutex};
use std::time::SystemTime;

use auth0_api_core::adapter::LogoutEndpoint;
use auth0_api_core::logout::{RevocationStore, StoreFuture, SubjectId};
use auth0_api_core::{ApiClient, LogoutPolicy};
use auth0_api_fuzz::json::Json;
use auth0_api_fuzz::judge::{Mode, Rules, judge_logout};
use auth0_api_fuzz::worlds::{Proofs, rules};
use auth0_api_fuzz::{ISSUER, NOW, Signer, Tenant, client, replaced, run, split_line};

struct World {
    api: ApiClient,
    replay: Proofs,
    revoked: Revoked,
    rules: Rules,
    token: String,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let (replay, revoked) = (Proofs::default(), Revoked::default());
    let policy = LogoutPolicy::new(["client", "second"], revoked.clone()).replay_store(replay.clone());
    let key_set = String::from_utf8(Tenant::default().keys).expect("a key set");
    let (header, claims) = split_line(GOOD);
    World {
        api: client(Tenant::default()).logout(policy).build().expect("a client"),
        replay,
        revoked,
        rules: Rules { audiences: vec!["client", "second"], key_set, ..rules(Mode::Accept) },
        token: Signer::issuer().sign(header, claims),
    }
});

libfuzzer_sys::fuzz_target!(
    init: {
        assert!(compare(GOOD));
        assert!(post(b"state=1&logout_token=$TOKEN"));
    },
    |data: &[u8]| {
        compare(data);
        post(data);
    }
);

/// Returns whether the API accepts a logout token with this header and these claims.
fn compare(data: &[u8]) -> bool {
    let (header, claims) = split_line(data);
    let token = Signer::issuer().sign(header, claims);
    assert!(!decide(&Signer::forge(header, claims)), "a forged signature");
    let accepted = decide(&token);
    if accepted {
        let again = run(WORLD.api.receive_logout(&token)).expect_err("a replayed token");
        assert_eq!(again.label(), "logout_replayed");
    }
    accepted
}

fn decide(token: &str) -> bool {
    WORLD.replay.forget();
    WORLD.revoked.take();
    let expected = judge_logout(token, &WORLD.rules, f64::from(NOW));
    let decided = run(WORLD.api.receive_logout(token));
    let revoked = WORLD.revoked.take();
    match (decided, expected) {
        (Ok(logout), Ok(subject)) => {
            assert_eq!(logout.subject(), subject);
            assert_eq!(revoked, Some(SubjectId::new(ISSUER, &subject)));
            true
        }
        (Err(error), Err(labels)) => {
            assert!(labels.contains(&error.label()), "{error:?}, expected {labels:?}");
            assert_eq!(revoked, None, "{error:?}");
            assert!(error.to_string().len() <= 2000, "{error}");
            false
        }
        (decided, expected) => panic!("core: {decided:?}, expected {expected:?}"),
    }
}

/// Posts a form. Returns whether the API accepts the logout in it.
fn post(form: &[u8]) -> bool {
    WORLD.replay.forget();
    let form = replaced(form, "$TOKEN", &WORLD.token);
    let endpoint = LogoutEndpoint::of(&WORLD.api).expect("the client takes logouts");
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let response = run(endpoint.respond("POST", &headers, std::future::ready(Some(&form))));
    if response.status() == 200 {
        assert!(form.len() <= LogoutEndpoint::MAX_BODY);
        let named: Vec<_> = url::form_urlencoded::parse(&form).filter(|(name, _)| name == "logout_token").collect();
        assert_eq!(named.len(), 1);
        return true;
    }
    assert!(matches!(response.status(), 400 | 503), "{response:?}");
    let body = Json::read(response.body().as_bytes()).expect("JSON");
    assert!(body.text("error").is_some() && response.body().len() <= 200);
    false
}

/// The last subject whose tokens were revoked.
#[derive(Clone, Debug, Default)]
struct Revoked(Arc<Mutex<Option<SubjectId>>>);

impl Revoked {
    fn take(&self) -> Option<SubjectId> {
        self.0.lock().expect("one thread").take()
    }
}

impl RevocationStore for Revoked {
    fn revoke<'a>(
        &'a self,
        subject: &'a SubjectId,
        issued_up_to: SystemTime,
        now: SystemTime,
        expires_at: SystemTime,
    ) -> StoreFuture<'a, ()> {
        assert!(expires_at > now && expires_at > issued_up_to);
        *self.0.lock().expect("one thread") = Some(*subject);
        Box::pin(std::future::ready(Ok(())))
    }

    fn revoked_up_to<'a>(&'a self, _: &'a SubjectId) -> StoreFuture<'a, Option<SystemTime>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

const GOOD: &[u8] = include_bytes!("../seeds/logout/user");
