//! Names the settings that have a problem, as the operator wrote them.

use std::fmt;

use super::ConfigProblem;
use crate::dpop::DpopPolicyError;
use crate::known_settings::AppliedSettings;
use crate::mtls::CertificateSourceError;

/// Writes a problem. If settings were applied and the problem is about one of them, the text begins with its name.
pub(super) fn write(
    problem: &ConfigProblem,
    settings: Option<&AppliedSettings>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let keys = keys(problem);
    let Some((settings, first)) = settings.zip(keys.first()) else { return write!(f, "{problem}") };
    match settings.written(keys) {
        Some(names) => write!(f, "{names}: {}", text(problem)),
        None if is_missing(problem) => write!(f, "{}: not set", settings.written_in.name_of(first)),
        None => write!(f, "{problem}"),
    }
}

/// The keys of the settings that the problem may be about.
pub(super) fn keys(problem: &ConfigProblem) -> &'static [&'static str] {
    match problem {
        ConfigProblem::Algorithms => &["algorithms"],
        ConfigProblem::Audience => &["audience"],
        ConfigProblem::CertificateSource(CertificateSourceError::Elements) => &["client_certificates_elements"],
        ConfigProblem::CertificateSource(_) => &["client_certificates"],
        ConfigProblem::ClientAuth => &["client_id", "client_secret"],
        ConfigProblem::ClientCertificate => &["client_auth"],
        ConfigProblem::DecryptionKeys { .. } => &["decryption_key"],
        ConfigProblem::DecryptionsAtOnce => &["decryptions_at_once"],
        ConfigProblem::Domain(_) | ConfigProblem::DomainInList { .. } | ConfigProblem::DomainsEmpty => &["domain"],
        ConfigProblem::Dpop(error) => match error {
            DpopPolicyError::Algorithms => &["dpop_algorithms"],
            DpopPolicyError::BoundTokensAsBearer => &["dpop"],
            DpopPolicyError::NonceStep => &["dpop_nonce_step"],
            DpopPolicyError::ReplayStore(_) => &["redis_url"],
            DpopPolicyError::Window => &["dpop_max_age", "dpop_leeway"],
        },
        ConfigProblem::ExchangeCache => &["exchange_cache"],
        ConfigProblem::ExchangeDomain(_) => &["exchange_domain"],
        ConfigProblem::ExchangeDomainMissing => &["exchange_domain", "client_id"],
        ConfigProblem::HttpClient(_) | ConfigProblem::Logout(_) | ConfigProblem::Setting { .. } => &[],
        ConfigProblem::JwksHost { .. } => &["jwks_hosts"],
        ConfigProblem::KeyPolicy(text) => keys_of_key_policy(text),
        ConfigProblem::Leeway => &["leeway"],
        ConfigProblem::LongConnections(text) if text.starts_with("outage_limit") => &["revocation_outage_limit"],
        ConfigProblem::LongConnections(_) => &["revocation_interval"],
        ConfigProblem::MaxTokenAge => &["max_token_age"],
        ConfigProblem::OwnHost { .. } | ConfigProblem::OwnHostsEmpty => &["own_hosts"],
        ConfigProblem::PublicUrl(_) | ConfigProblem::PublicUrlQuery => &["public_url"],
        ConfigProblem::ResourceMetadata(_) => &["resource"],
        ConfigProblem::TokenCache => &["token_cache"],
    }
}

/// The text of a problem of the key policy begins with the name of the setter.
fn keys_of_key_policy(text: &str) -> &'static [&'static str] {
    let setter = text.split(' ').next().unwrap_or_default();
    let row = KEY_POLICY.iter().find(|(name, _)| *name == setter);
    row.map_or(&[], |(_, keys)| keys)
}

/// Returns the text of the problem without the names that stand for the builder's option.
fn text(problem: &ConfigProblem) -> String {
    let whole = problem.to_string();
    let text = whole.strip_prefix(problem.option()).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&whole);
    match problem {
        ConfigProblem::KeyPolicy(_) => {
            let rest = text.split_once(' ').map_or(text, |(_, rest)| rest);
            rest.strip_prefix("is ").unwrap_or(rest)
        }
        ConfigProblem::LongConnections(_) => text.split_once(": ").map_or(text, |(_, rest)| rest),
        _ => text,
    }
    .to_owned()
}

/// Whether the problem is that a mandatory setting is missing, if the setting is not written.
fn is_missing(problem: &ConfigProblem) -> bool {
    matches!(problem, ConfigProblem::Audience | ConfigProblem::Domain(_))
}

const KEY_POLICY: &[(&str, &[&str])] = &[
    ("fresh_for", &["keys_fresh_for"]),
    ("refresh_from_percent", &["keys_refresh_from_percent"]),
    ("stale_for", &["keys_stale_for"]),
    ("jitter_percent", &["keys_jitter_percent"]),
    ("unknown_key_fetches", &["keys_unknown_burst", "keys_unknown_interval"]),
    ("max_issuers", &["keys_max_issuers"]),
    ("newcomers", &["keys_newcomers", "keys_newcomer_interval"]),
    ("fetch_timeout", &["keys_fetch_timeout"]),
    ("max_document_bytes", &["keys_max_document_bytes"]),
    ("max_keys", &["keys_max_keys"]),
];
