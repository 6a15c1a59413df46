//! What code has set over settings, which a reload by settings keeps.

use std::collections::BTreeSet;

use crate::reloadable::Reloadable;

/// Gives options of `after` the values that they have in `before`. The names are those of
/// [`KnownSetting::option`](crate::known_settings::KnownSetting).
pub(super) fn keep(options: &BTreeSet<&'static str>, before: &Reloadable, after: &mut Reloadable) {
    for option in options {
        match *option {
            "algorithms" => after.algorithms.clone_from(&before.algorithms),
            "audience" => after.audiences.clone_from(&before.audiences),
            "client_auth" => after.client_auth.clone_from(&before.client_auth),
            "decryption_keys" => after.decryption_keys.clone_from(&before.decryption_keys),
            "domain" => after.domains.clone_from(&before.domains),
            "exchange_domain" => after.exchange_domain.clone_from(&before.exchange_domain),
            "max_token_age" => after.max_token_age = before.max_token_age,
            "required_claim" => after.required_claims.clone_from(&before.required_claims),
            "strict_rfc9068" => after.strict_rfc9068 = before.strict_rfc9068,
            _ => {}
        }
    }
}
