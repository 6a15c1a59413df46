//! The settings that a client can replace while it serves.

use super::client_auth;
use crate::issuer::TrustedDomains;
use crate::jose::DecryptionKey;
use crate::reloadable::Reloadable;
use crate::settings::reader::Reader;

pub(super) fn apply(reader: &mut Reader<'_>, mut current: Reloadable) -> Reloadable {
    let domains = reader.domains();
    match <[String; 1]>::try_from(domains) {
        Ok([domain]) => current = current.domains(domain),
        Err(domains) if !domains.is_empty() => current = current.domains(TrustedDomains::list(domains)),
        Err(_) => {}
    }
    if let Some(audiences) = reader.list("audience") {
        current = current.audiences(audiences.iter().map(|audience| audience.as_str()));
    }
    if let Some(algorithms) = reader.algorithms("algorithms") {
        current = current.algorithms(algorithms);
    }
    if let Some(age) = reader.duration("max_token_age") {
        current = current.max_token_age(age);
    }
    if let Some(claims) = reader.list("required_claims") {
        current = current.required_claims(claims.iter().map(|claim| claim.as_str()));
    }
    if let Some(strict) = reader.switch("strict_rfc9068") {
        current = current.strict_rfc9068(strict);
    }
    if let Some(keys) = reader.keys("decryption_key", str::parse::<DecryptionKey>) {
        current = current.decryption_keys(keys);
    }
    if let Some(auth) = client_auth::read(reader) {
        current = current.client_auth(auth);
    }
    if let Some(domain) = reader.text("exchange_domain") {
        current = current.exchange_domain(domain.as_str());
    }
    current
}
