//! Every setting: its key in a file, from which the name of its variable follows.

/// A setting that an operator can write.
#[derive(Debug)]
pub(crate) struct KnownSetting {
    /// The key in a file. The variable is `AUTH0_` and this key in capital letters.
    pub(crate) key: &'static str,
    /// The builder's option that the setting is a part of.
    pub(crate) option: &'static str,
    /// Whether the variable also has a short form, without the prefix.
    pub(crate) has_short_form: bool,
    /// Whether the value is never shown, and may come from a file.
    pub(crate) is_secret: bool,
}

impl KnownSetting {
    /// Returns the setting with this key in a file.
    pub(crate) fn of(key: &str) -> Option<&'static Self> {
        KNOWN.iter().find(|setting| setting.key == key)
    }

    /// The name of the variable.
    pub(crate) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.to_ascii_uppercase())
    }

    /// The name of the variable without the prefix, if this form is read too.
    pub(crate) fn short_form(&self) -> Option<String> {
        self.has_short_form.then(|| self.key.to_ascii_uppercase())
    }

    const fn new(key: &'static str, option: &'static str) -> Self {
        Self { key, option, has_short_form: false, is_secret: false }
    }

    const fn short(self) -> Self {
        Self { has_short_form: true, ..self }
    }

    const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }
}

/// In the order of the table in `guide/settings.md`.
pub(crate) const KNOWN: &[KnownSetting] = &[
    KnownSetting::new("domain", "domain"),
    KnownSetting::new("audience", "audience"),
    KnownSetting::new("algorithms", "algorithms"),
    KnownSetting::new("leeway", "leeway"),
    KnownSetting::new("max_token_age", "max_token_age"),
    KnownSetting::new("required_claims", "required_claim"),
    KnownSetting::new("strict_rfc9068", "strict_rfc9068"),
    KnownSetting::new("decryption_key", "decryption_keys").secret(),
    KnownSetting::new("decryptions_at_once", "decryptions_at_once"),
    KnownSetting::new("token_cache", "token_cache"),
    KnownSetting::new("revocation_interval", "long_connections"),
    KnownSetting::new("revocation_outage_limit", "long_connections"),
    KnownSetting::new("dpop", "dpop").short(),
    KnownSetting::new("dpop_nonce", "dpop").short(),
    KnownSetting::new("dpop_nonce_secrets", "dpop").secret(),
    KnownSetting::new("dpop_nonce_step", "dpop"),
    KnownSetting::new("dpop_max_age", "dpop"),
    KnownSetting::new("dpop_leeway", "dpop"),
    KnownSetting::new("dpop_algorithms", "dpop"),
    KnownSetting::new("public_url", "public_url").short(),
    KnownSetting::new("own_hosts", "own_hosts").short(),
    KnownSetting::new("trusted_proxies", "trusted_proxies").short(),
    KnownSetting::new("client_certificates", "client_certificates"),
    KnownSetting::new("client_certificates_elements", "client_certificates"),
    KnownSetting::new("keys_fresh_for", "key_policy"),
    KnownSetting::new("keys_refresh_from_percent", "key_policy"),
    KnownSetting::new("keys_stale_for", "key_policy"),
    KnownSetting::new("keys_jitter_percent", "key_policy"),
    KnownSetting::new("keys_unknown_burst", "key_policy"),
    KnownSetting::new("keys_unknown_interval", "key_policy"),
    KnownSetting::new("keys_max_issuers", "key_policy"),
    KnownSetting::new("keys_newcomers", "key_policy"),
    KnownSetting::new("keys_newcomer_interval", "key_policy"),
    KnownSetting::new("keys_fetch_timeout", "key_policy"),
    KnownSetting::new("keys_max_document_bytes", "key_policy"),
    KnownSetting::new("keys_max_keys", "key_policy"),
    KnownSetting::new("jwks_hosts", "allow_jwks_host"),
    KnownSetting::new("client_id", "client_auth"),
    KnownSetting::new("client_secret", "client_auth").secret(),
    KnownSetting::new("client_key", "client_auth").secret(),
    KnownSetting::new("client_key_algorithm", "client_auth"),
    KnownSetting::new("client_auth", "client_auth"),
    KnownSetting::new("exchange_domain", "exchange_domain"),
    KnownSetting::new("exchange_cache", "exchange_cache"),
    KnownSetting::new("forward_end_user_address", "forward_end_user_address"),
    KnownSetting::new("telemetry", "without_telemetry"),
    KnownSetting::new("resource", "resource_metadata"),
    KnownSetting::new("resource_name", "resource_metadata"),
    KnownSetting::new("resource_scopes", "resource_metadata"),
    KnownSetting::new("resource_challenge_scopes", "resource_metadata"),
    KnownSetting::new("resource_documentation", "resource_metadata"),
    KnownSetting::new("resource_policy", "resource_metadata"),
    KnownSetting::new("resource_terms_of_service", "resource_metadata"),
    KnownSetting::new("resource_authorization_servers", "resource_metadata"),
    KnownSetting::new("resource_audience_differs", "resource_metadata"),
    KnownSetting::new("rejected_bodies", "rejected_bodies"),
    KnownSetting::new("redis_url", "redis_url").short().secret(),
    KnownSetting::new("cors_origins", "cors_origins").short(),
];

/// Every variable of a setting begins with this, except for short forms.
pub(crate) const PREFIX: &str = "AUTH0_";
