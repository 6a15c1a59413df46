//! The key set of the tenant, compared with the algorithms that the API accepts.

use std::collections::BTreeSet;

use auth0_api_core::Algorithm;
use serde_json::Value;

use super::discovery;
use super::finding::{Diagnosis, Finding};
use super::published_key::PublishedKey;
use super::subject::Subject;
use super::trouble;
use crate::printable::count;

pub(super) async fn look(subject: &Subject<'_>, url: &str, findings: &Diagnosis) {
    let answer = match discovery::get(subject, url).await {
        Ok(answer) => answer,
        Err(error) => return findings.add(trouble::explain(subject, "the key set", &error)),
    };
    let document = match discovery::read(subject, url, &answer) {
        Ok(document) => document,
        Err(finding) => return findings.add(finding),
    };
    let Some(keys) = document.get("keys").and_then(Value::as_array).filter(|keys| !keys.is_empty()) else {
        let finding =
            Finding::problem("key_set_empty", format!("the key set {url} has no key: every token is rejected"));
        return findings.add(finding.tenant("serve the key set of the tenant unchanged: each tenant has a key"));
    };
    if keys.len() > MOST_KEYS {
        let text = format!("the key set has {} keys, and the API reads {MOST_KEYS}", keys.len());
        return findings
            .add(Finding::problem("too_many_keys", text).tenant("revoke old keys").api("KeyPolicy::max_keys"));
    }
    let keys: Vec<_> = keys.iter().map(PublishedKey::read).collect();
    findings.extend(judge(&keys, &subject.environment.api.algorithms(), subject.is_local()));
}

/// Returns one finding if all is well, and else one for each fault.
fn judge(keys: &[PublishedKey], algorithms: &[Algorithm], is_local: bool) -> Vec<Finding> {
    let mut faults: Vec<_> =
        algorithms.iter().filter_map(|&algorithm| unpublished(keys, algorithms, algorithm)).collect();
    faults
        .extend([private(keys), weak(keys), repeated(keys), without_algorithm(keys, algorithms)].into_iter().flatten());
    faults.extend(single(keys).filter(|_| !is_local));
    if faults.is_empty() {
        let shown: Vec<_> = keys.iter().take(SHOWN).map(PublishedKey::describe).collect();
        faults.push(Finding::passed("keys", format!("{}: {}", count(keys.len(), "published key"), shown.join(", "))));
    }
    faults
}

/// Whether no key verifies this algorithm. That is a fault of the API only if no other configured algorithm has a key.
fn unpublished(keys: &[PublishedKey], algorithms: &[Algorithm], algorithm: Algorithm) -> Option<Finding> {
    let verifies = |algorithm| keys.iter().any(|key| key.verifies(algorithm));
    if verifies(algorithm) {
        return None;
    }
    let name = algorithm.name();
    let published: BTreeSet<_> = keys.iter().filter_map(|key| key.algorithm.as_deref()).collect();
    let published = published.into_iter().collect::<Vec<_>>().join(", ");
    let has_kind = keys.iter().any(|key| key.suits(algorithm) && key.algorithm.is_some());
    let text = format!("the API accepts {name}, and no published key verifies it (published: {published})");
    let make = if algorithms.iter().any(|&other| verifies(other)) { Finding::warning } else { Finding::problem };
    let mend = if has_kind {
        "switch off Include Signing Algorithms in JSON Web Key Set (Settings, Advanced), if the API's signing_alg is this \
         one"
    } else {
        "set the API's JSON Web Token Signing Algorithm (signing_alg) to one that its keys have"
    };
    let code = if published.is_empty() { "RS256" } else { &published };
    Some(make("algorithm_not_published", text).api(format!("algorithms([{code}])")).tenant(mend))
}

/// RFC 7517 §9.2: a private key that was published is no longer secret.
fn private(keys: &[PublishedKey]) -> Option<Finding> {
    let key = keys.iter().find(|key| key.is_private)?;
    let finding =
        Finding::problem("private_key_published", format!("the key set shows a private key: {}", key.describe()));
    Some(finding.tenant("rotate the signing key, and revoke this one (Settings, Signing Keys)"))
}

fn weak(keys: &[PublishedKey]) -> Option<Finding> {
    let key = keys.iter().find(|key| key.is_weak())?;
    let text = format!("a key is shorter than 2048 bits, and the API does not use it: {}", key.describe());
    Some(
        Finding::problem("weak_rsa_key", text)
            .tenant("rotate the signing key, and revoke this one (Settings, Signing Keys)"),
    )
}

/// RFC 7517 §4.5: different keys have different ids.
fn repeated(keys: &[PublishedKey]) -> Option<Finding> {
    let mut seen = BTreeSet::new();
    let key = keys.iter().find(|key| key.kid.as_deref().is_none_or(|kid| !seen.insert(kid)))?;
    let text = match &key.kid {
        Some(kid) => format!("several keys have the kid {kid}: the API tries at most four of them"),
        None => "a key has no kid, and tokens name their key by it".into(),
    };
    Some(
        Finding::warning("kid_not_unique", text)
            .tenant("serve the key set of the tenant unchanged: Auth0 gives each key a kid of its own"),
    )
}

/// With RS256 alone, nothing speaks against `alg`. With another algorithm, its absence is deliberate.
fn without_algorithm(keys: &[PublishedKey], algorithms: &[Algorithm]) -> Option<Finding> {
    let is_missing = algorithms == [Algorithm::RS256] && keys.iter().any(|key| key.algorithm.is_none());
    is_missing.then(|| {
        Finding::warning("alg_missing", "a published key has no alg, so it verifies each algorithm of its kind")
            .tenant(
                "switch on Include Signing Algorithms in JSON Web Key Set (Settings, Advanced), if all APIs use RS256",
            )
            .api("keep algorithms([RS256]): no other algorithm is accepted then")
    })
}

/// A tenant publishes its current key and the next one.
fn single(keys: &[PublishedKey]) -> Option<Finding> {
    let [key] = keys else { return None };
    let text = format!("the tenant publishes one key, and usually its current and its next one: {}", key.describe());
    let mend = "look at Settings, Signing Keys, before you rotate: a replica fetches a key that it does not know, within limits";
    Some(Finding::warning("next_key_missing", text).tenant(mend))
}

/// The limit of core (`KeyPolicy::max_keys`).
const MOST_KEYS: usize = 100;
/// The keys that fit into a line.
const SHOWN: usize = 4;
