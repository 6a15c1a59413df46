//! The keys of the tenant, and tokens that it would sign with them.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use auth0_api_core::Algorithm;
use auth0_api_testing::{DpopClient, OfflineTenant, SigningKey, TokenBuilder};
use serde_json::{Value, json};

use crate::Result;

/// The keys, which outlive the process of the tenant.
pub(crate) struct Keys {
    state: Mutex<State>,
    form: TokenBuilder,
}

struct State {
    /// The tenant signs with the last one.
    published: Vec<SigningKey>,
    /// Since all replicas have learnt that they are removed.
    removed: Vec<SigningKey>,
}

/// An access token, and what a client knows about it.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) text: String,
    kid: String,
    minted: Instant,
    pub(crate) expires: Instant,
}

impl Keys {
    /// `issuer` has a slash at the end.
    pub(crate) fn new(issuer: &str, audience: &str) -> Self {
        let state = State { published: vec![SigningKey::generate(Algorithm::RS256)], removed: Vec::new() };
        let form = OfflineTenant::new().mint().issuer(issuer).audience(audience).scope("read:orders");
        Self { state: Mutex::new(state), form }
    }

    /// Mints a token of a user with the present key. With a client, it is bound to its key.
    pub(crate) fn mint(&self, subject: &str, lifetime: Duration, client: Option<&DpopClient>) -> Token {
        let form = self.form.clone().subject(subject);
        let form = client.map_or_else(|| form.clone(), |client| form.clone().bound_to(client));
        self.sign(&form, lifetime)
    }

    pub(crate) fn mint_expired(&self) -> String {
        let past = SystemTime::now() - Duration::from_secs(600);
        self.with_present_key(&self.form).issued_at(past).expires_at(past + LIFETIME).sign()
    }

    pub(crate) fn mint_for(&self, audience: &str) -> String {
        self.sign(&self.form.clone().audience(audience), LIFETIME).text
    }

    /// `None` if no key was removed yet.
    pub(crate) fn mint_with_removed_key(&self) -> Option<String> {
        let key = self.state().removed.last()?.clone();
        let now = SystemTime::now();
        Some(self.form.clone().key(&key).issued_at(now).expires_at(now + LIFETIME).sign())
    }

    /// Whether a client should still use the token: it is not old, and its key was not removed.
    pub(crate) fn is_usable(&self, token: &Token) -> bool {
        token.minted.elapsed() < RENEWED_AFTER && self.state().published.iter().any(|key| key.kid() == token.kid)
    }

    /// Writes the file that the tenant reads, with one key more.
    pub(crate) fn write_with(&self, file: &Path, next: &SigningKey) -> Result<()> {
        let mut keys = self.state().published.clone();
        keys.push(next.clone());
        write(file, &keys)
    }

    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        write(file, &self.state().published)
    }

    /// From now on, tokens are signed with this key, which the tenant has published.
    pub(crate) fn use_key(&self, key: SigningKey) {
        self.state().published.push(key);
    }

    /// Takes out all keys but the present one. From now on, no client uses them.
    pub(crate) fn withdraw_old(&self) -> Vec<SigningKey> {
        let mut state = self.state();
        let present = state.published.pop();
        std::mem::replace(&mut state.published, present.into_iter().collect())
    }

    /// All replicas know that these keys are removed.
    pub(crate) fn are_removed(&self, keys: Vec<SigningKey>) {
        self.state().removed.extend(keys);
    }

    fn sign(&self, form: &TokenBuilder, lifetime: Duration) -> Token {
        let (now, minted) = (SystemTime::now(), Instant::now());
        let key = self.present();
        let text = form.clone().key(&key).issued_at(now).expires_at(now + lifetime).sign();
        Token { text, kid: key.kid().to_owned(), minted, expires: minted + lifetime }
    }

    fn with_present_key(&self, form: &TokenBuilder) -> TokenBuilder {
        form.clone().key(&self.present())
    }

    fn present(&self) -> SigningKey {
        let last = self.state().published.last().cloned();
        last.unwrap_or_else(|| SigningKey::generate(Algorithm::RS256))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(file: &Path, keys: &[SigningKey]) -> Result<()> {
    let keys: Vec<_> = keys.iter().map(|key| json!({ "kid": key.kid(), "pem": key.private_key_pem() })).collect();
    Ok(std::fs::write(file, Value::from(keys).to_string())?)
}

/// Longer than a clock is wrong that the checks tolerate, with the time after which a client renews its token.
pub(crate) const LIFETIME: Duration = Duration::from_secs(120);
const RENEWED_AFTER: Duration = Duration::from_secs(20);
