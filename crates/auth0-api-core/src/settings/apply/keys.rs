//! The policy for the keys of issuers.

use crate::issuer::KeyPolicy;
use crate::settings::reader::Reader;

pub(super) fn apply(reader: &mut Reader<'_>, mut policy: KeyPolicy) -> KeyPolicy {
    if let Some(life) = reader.duration("keys_fresh_for") {
        policy = policy.fresh_for(life);
    }
    if let Some(percent) = reader.number("keys_refresh_from_percent") {
        policy = policy.refresh_from_percent(percent);
    }
    if let Some(age) = reader.duration("keys_stale_for") {
        policy = policy.stale_for(age);
    }
    if let Some(percent) = reader.number("keys_jitter_percent") {
        policy = policy.jitter_percent(percent);
    }
    if let Some(burst) = reader.number("keys_unknown_burst") {
        policy.unknown_key_burst = burst;
    }
    if let Some(interval) = reader.duration("keys_unknown_interval") {
        policy.unknown_key_interval = interval;
    }
    if let Some(issuers) = reader.number("keys_max_issuers") {
        policy = policy.max_issuers(issuers);
    }
    if let Some(newcomers) = reader.number("keys_newcomers") {
        policy.newcomers = newcomers;
    }
    if let Some(interval) = reader.duration("keys_newcomer_interval") {
        policy.newcomer_interval = interval;
    }
    if let Some(timeout) = reader.duration("keys_fetch_timeout") {
        policy = policy.fetch_timeout(timeout);
    }
    if let Some(bytes) = reader.number("keys_max_document_bytes") {
        policy = policy.max_document_bytes(bytes);
    }
    if let Some(keys) = reader.number("keys_max_keys") {
        policy = policy.max_keys(keys);
    }
    policy
}
