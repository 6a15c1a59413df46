//! Every setting has an effect on the builder, and every file says what variables say.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a failing test may panic")]

use super::Settings;
use super::reader::Reader;
use crate::builder::ApiClientBuilder;
use crate::known_settings::{KNOWN, SettingError};
use crate::metadata::ProtectedResource;

type Written = (&'static str, &'static str);

/// A value for each setting, other than its default, and the settings that it needs.
const VALUES: &[(&str, &str, &[Written])] = &[
    ("domain", "tenant.eu.auth0.com", &[]),
    ("audience", "https://api.example.com", &[]),
    ("algorithms", "PS256, ES256", &[]),
    ("leeway", "5s", &[]),
    ("max_token_age", "1h", &[]),
    ("required_claims", "sub client_id", &[]),
    ("strict_rfc9068", "on", &[]),
    ("decryption_key", include_str!("../testdata/keys/rsa-pkcs8.pem"), &[]),
    ("decryptions_at_once", "3", &[]),
    ("token_cache", "20000", &[]),
    ("revocation_interval", "30s", &[]),
    ("revocation_outage_limit", "0s", &[]),
    ("dpop", "require", &[]),
    ("dpop_nonce", "on", &[]),
    ("dpop_nonce_secrets", "0123456789abcdef0123456789abcdef", &[]),
    ("dpop_nonce_step", "10s", &[("dpop_nonce_secrets", "0123456789abcdef0123456789abcdef")]),
    ("dpop_max_age", "1m", &[]),
    ("dpop_leeway", "500ms", &[]),
    ("dpop_algorithms", "EdDSA", &[]),
    ("public_url", "https://api.example.com", &[]),
    ("own_hosts", "api.example.com", &[]),
    ("trusted_proxies", "10.0.0.0/8,127.0.0.1", &[]),
    ("client_certificates", "connection", &[]),
    (
        "client_certificates_elements",
        "2",
        &[("client_certificates", "X-Forwarded-Client-Cert"), ("trusted_proxies", "1")],
    ),
    ("keys_fresh_for", "5m", &[]),
    ("keys_refresh_from_percent", "50", &[]),
    ("keys_stale_for", "2d", &[]),
    ("keys_jitter_percent", "0", &[]),
    ("keys_unknown_burst", "5", &[]),
    ("keys_unknown_interval", "1m", &[]),
    ("keys_max_issuers", "500", &[]),
    ("keys_newcomers", "7", &[]),
    ("keys_newcomer_interval", "1s", &[]),
    ("keys_fetch_timeout", "2s", &[]),
    ("keys_max_document_bytes", "4096", &[]),
    ("keys_max_keys", "10", &[]),
    ("jwks_hosts", "keys.example.com", &[]),
    ("client_id", "client", &[("client_auth", "tls_client_auth")]),
    ("client_secret", "hush", &[("client_id", "client")]),
    ("client_key", include_str!("../testdata/keys/rsa-pkcs8.pem"), &[("client_id", "client")]),
    (
        "client_key_algorithm",
        "PS256",
        &[("client_id", "client"), ("client_key", include_str!("../testdata/keys/rsa-pkcs8.pem"))],
    ),
    ("client_auth", "client_secret_basic", &[("client_id", "client"), ("client_secret", "hush")]),
    ("exchange_domain", "login.example.com", &[]),
    ("exchange_cache", "off", &[]),
    ("forward_end_user_address", "on", &[]),
    ("telemetry", "off", &[]),
    ("resource", "https://api.example.com", &[]),
    ("resource_name", "Orders", &[("resource", "https://api.example.com")]),
    ("resource_scopes", "orders:read", &[("resource", "https://api.example.com")]),
    ("resource_challenge_scopes", "orders:read", &[("resource", "https://api.example.com")]),
    ("resource_documentation", "https://docs.example.com", &[("resource", "https://api.example.com")]),
    ("resource_policy", "https://docs.example.com", &[("resource", "https://api.example.com")]),
    ("resource_terms_of_service", "https://docs.example.com", &[("resource", "https://api.example.com")]),
    ("resource_authorization_servers", "https://tenant.eu.auth0.com/", &[("resource", "https://api.example.com")]),
    ("resource_audience_differs", "on", &[("resource", "https://api.example.com")]),
    ("rejected_bodies", "off", &[]),
    ("redis_url", "redis://127.0.0.1", &[]),
    ("cors_origins", "any", &[]),
];

/// Settings in a file in JSON.
fn file(settings: &[(&str, &str)]) -> Settings {
    let table: serde_json::Map<_, _> =
        settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect();
    serde_json::from_value(table.into()).unwrap()
}

/// The builder without the names of the settings, which have no problem.
fn without_names(builder: ApiClientBuilder) -> String {
    let problems = &builder.reloadable.applied.as_ref().unwrap().problems;
    assert!(problems.is_empty(), "{problems:?}");
    without_report(builder)
}

fn without_report(mut builder: ApiClientBuilder) -> String {
    builder.reloadable.applied = None;
    format!("{builder:?}")
}

#[test]
fn every_setting_is_tried_here() {
    let keys: Vec<_> = KNOWN.iter().map(|setting| setting.key).collect();
    assert_eq!(VALUES.iter().map(|(key, ..)| *key).collect::<Vec<_>>(), keys);
}

#[test]
fn every_setting_changes_the_builder() {
    for (key, value, needs) in VALUES {
        let with = file(&[needs, &[(*key, *value)][..]].concat());
        let changed = without_names(with.builder()) != without_report(file(needs).builder());
        match *key {
            "cors_origins" => assert!(with.cors_origins().allow(b"https://app.example.com")),
            "redis_url" => assert!(with.redis_url().is_some()),
            // A method that is not named follows from the other settings, and the output does not show an algorithm.
            "client_key_algorithm" => {}
            _ => assert!(changed, "{key}"),
        }
    }
}

#[test]
fn variables_and_files_say_the_same() {
    for (key, value, needs) in VALUES {
        let written = [needs, &[(*key, *value)][..]].concat();
        let variables = Settings::from_variables(|name| {
            let (_, value) =
                written.iter().find(|(key, _)| name.strip_prefix("AUTH0_") == Some(&key.to_ascii_uppercase()))?;
            Some((*value).to_owned())
        });
        let random = *key == "dpop_nonce";
        let same = without_names(variables.builder()) == without_names(file(&written).builder());
        assert!(same || random, "{key}");
    }
}

#[test]
fn numbers_truth_values_and_lists_of_a_file_are_read() {
    let toml = r#"
        domain = ["a.example.com", "b.example.com"]
        audience = ["one audience, with a comma", "other"]
        token_cache = 7
        strict_rfc9068 = true
        telemetry = false
        trusted_proxies = 2
        dpop_nonce_secrets = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"]
    "#;
    let toml = without_names(toml::from_str::<Settings>(toml).unwrap().builder());
    let json = r#"{
        "domain": ["a.example.com", "b.example.com"],
        "audience": ["one audience, with a comma", "other"],
        "token_cache": 7,
        "strict_rfc9068": true,
        "telemetry": false,
        "trusted_proxies": "2",
        "dpop_nonce_secrets": ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"]
    }"#;
    let json = without_names(serde_json::from_str::<Settings>(json).unwrap().builder());
    assert_eq!(toml, json);
    assert!(json.contains(r#"["one audience, with a comma", "other"]"#), "{json}");
    assert!(json.contains(r#"["a.example.com", "b.example.com"]"#), "{json}");
}

#[test]
fn a_null_is_an_empty_value() {
    for file in [r#"{ "leeway": null }"#, r#"{ "own_hosts": null }"#, r#"{ "dpop_nonce_secrets_file": null }"#] {
        let problems = serde_json::from_str::<Settings>(file).unwrap().builder().reloadable.applied.unwrap().problems;
        assert!(problems.iter().any(|problem| problem.error == SettingError::Empty), "{file}: {problems:?}");
    }
}

#[test]
fn settings_that_are_applied_twice_keep_both_reports() {
    let first = file(&[("domain", "http://127.0.0.1:1"), ("leeway", "soon")]);
    let builder = first.builder().setting_problem("PORT", "no port").settings(&file(&[("dpop", "requrie")]));
    let applied = builder.settings(&first).reloadable.applied.unwrap();
    let names: Vec<_> = applied.problems.iter().map(|problem| &*problem.name).collect();
    assert_eq!(names, ["leeway", "PORT", "dpop"]);
    assert_eq!(applied.names.keys().copied().collect::<Vec<_>>(), ["domain", "dpop", "leeway"]);
    assert!(
        file(&[("domain", "http://127.0.0.1:1")])
            .builder()
            .settings(&file(&[]))
            .reloadable
            .applied
            .unwrap()
            .is_loopback
    );
}

#[test]
fn a_list_of_secrets_in_a_file_has_one_secret_in_each_line() {
    let secrets = [["a"; 32].concat(), ["b"; 32].concat(), ["c"; 32].concat()];
    let path = |number: usize| std::env::temp_dir().join(format!("auth0-api-core-{}-{number}", std::process::id()));
    std::fs::write(path(1), format!("{}\r\n\n  {}  \n", secrets[0], secrets[1])).unwrap();
    std::fs::write(path(2), &secrets[2]).unwrap();
    let paths = format!("{},{}", path(1).display(), path(2).display());
    let settings = file(&[("dpop_nonce_secrets_file", &paths)]);
    let read = Reader::new(&settings.entries).list("dpop_nonce_secrets").unwrap();
    assert_eq!(read.iter().map(|secret| secret.as_str()).collect::<Vec<_>>(), secrets);
    std::fs::remove_file(path(1)).unwrap();
    std::fs::remove_file(path(2)).unwrap();
}

#[test]
fn a_resource_of_settings_keeps_what_code_has_set() {
    let resource = ProtectedResource::new("https://old.example.com").name("Orders").challenge_scopes(["orders:read"]);
    let builder =
        crate::ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").resource_metadata(resource);
    let shown = without_names(builder.settings(&file(&[("resource", "https://api.example.com")])));
    assert!(shown.contains(r#"challenge_scopes: ["orders:read"]"#) && shown.contains("Orders"), "{shown}");
    assert!(!shown.contains("old.example.com"), "{shown}");
}

#[test]
fn a_later_source_wins_and_code_wins_over_both() {
    let base = file(&[("leeway", "5s"), ("client_id", "client"), ("client_secret", "hush")]);
    let variables = [("AUTH0_LEEWAY", "7s"), ("AUTH0_CLIENT_SECRET_FILE", SECRET_FILE)];
    let variables = Settings::from_variables(|name| {
        variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
    });
    let settings = base.overridden_by(variables);
    let shown = format!("{settings:?}");
    assert!(shown.contains(r#""AUTH0_LEEWAY": "7s""#) && shown.contains(r#""client_id": "client""#), "{shown}");
    assert!(shown.contains(r#""AUTH0_CLIENT_SECRET_FILE": [redacted]"#) && !shown.contains("hush"), "{shown}");
    let builder = settings.builder();
    assert!(without_names(builder.clone()).contains("leeway: 7s"));
    assert!(without_names(builder.leeway(std::time::Duration::from_secs(9))).contains("leeway: 9s"));
}

#[test]
fn settings_keep_what_code_has_set_before() {
    let builder = crate::ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com");
    let builder = builder.leeway(std::time::Duration::from_secs(9)).settings(&file(&[("dpop", "require")]));
    let shown = without_names(builder);
    assert!(shown.contains("leeway: 9s") && shown.contains("mode: Require"), "{shown}");
    assert!(shown.contains("tenant.eu.auth0.com") && shown.contains(r#"["https://api.example.com"]"#), "{shown}");
}

#[test]
fn every_secret_may_come_from_a_file() {
    for setting in KNOWN.iter().filter(|setting| setting.is_secret) {
        let settings = file(&[(&format!("{}_file", setting.key), SECRET_FILE)]);
        assert!(settings.has(setting.key), "{}", setting.key);
    }
    let url = file(&[("redis_url_file", SECRET_FILE)]).redis_url().unwrap();
    let text = std::fs::read_to_string(SECRET_FILE).unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&url), text.trim());
    assert_eq!(VALUES[0].0, "domain");
    assert!(!file(&[("domain_file", SECRET_FILE)]).has("domain"));
}

const SECRET_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/testdata/keys/rsa-pkcs8.pem");
