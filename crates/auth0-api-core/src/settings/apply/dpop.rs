//! The policy for proofs.

use crate::dpop::{DpopPolicy, Mode, NonceSecretError, RotatingNonce};
use crate::known_settings::SettingError;
use crate::settings::reader::{Reader, unusable};

pub(super) fn apply(reader: &mut Reader<'_>, mut policy: DpopPolicy) -> DpopPolicy {
    let modes = [("accept", Mode::Accept), ("ignore", Mode::Ignore), ("require", Mode::Require)];
    if let Some(mode) = reader.one_of("dpop", &modes) {
        policy = policy.mode(mode);
    }
    if let Some(age) = reader.duration("dpop_max_age") {
        policy = policy.max_age(age);
    }
    if let Some(leeway) = reader.duration("dpop_leeway") {
        policy = policy.leeway(leeway);
    }
    if let Some(algorithms) = reader.algorithms("dpop_algorithms") {
        policy = policy.algorithms(algorithms);
    }
    if let Some(nonce) = nonce(reader) {
        policy = policy.nonce(nonce);
    }
    policy
}

/// Returns the nonces, if they are switched on. Secrets switch them on too.
fn nonce(reader: &mut Reader<'_>) -> Option<RotatingNonce> {
    let (switch, secrets, step) = (reader.switch(SWITCH), reader.list(SECRETS), reader.duration(STEP));
    let is_on = if reader.is_written(SWITCH) { switch? } else { reader.is_written(SECRETS) };
    if !is_on {
        for key in [SECRETS, STEP] {
            if reader.is_written(key) {
                let error = if reader.is_written(SWITCH) {
                    SettingError::Conflict { other: reader.name(SWITCH) }
                } else {
                    unusable(format_args!("has no effect without {}", reader.name(SWITCH)))
                };
                reader.reject(key, error);
            }
        }
        return None;
    }
    let (key, nonce) = match secrets {
        Some(secrets) => (SECRETS, RotatingNonce::new(secrets.iter().map(|secret| secret.as_bytes()))),
        // The secrets have a problem, which is recorded.
        None if reader.is_written(SECRETS) => return None,
        None => (SWITCH, RotatingNonce::generate()),
    };
    let nonce = nonce.map_err(|error: NonceSecretError| reader.reject(key, unusable(error))).ok()?;
    Some(step.into_iter().fold(nonce, RotatingNonce::step))
}

const SECRETS: &str = "dpop_nonce_secrets";
const STEP: &str = "dpop_nonce_step";
const SWITCH: &str = "dpop_nonce";
