//! Variables, short forms of variables, and files: which one counts, and how a message names it.

use secrecy::ExposeSecret as _;

use super::{AUDIENCE, DOMAIN, from, message, message_of};
use crate::builder::ApiClientBuilder;
use crate::known_settings::SettingWarning;
use crate::settings::Settings;

#[test]
fn only_a_domain_and_an_audience_are_needed() {
    assert_eq!(from(&[DOMAIN, AUDIENCE]).builder().build().unwrap().issuers(), ["https://tenant.eu.auth0.com/"]);
    assert_eq!(message_of(from(&[]).builder()), "AUTH0_DOMAIN: not set; AUTH0_AUDIENCE: not set");
    assert_eq!(message_of(from(&[AUDIENCE]).builder()), "AUTH0_DOMAIN: not set");
    let file: Settings = serde_json::from_str("{}").unwrap();
    assert_eq!(message_of(file.builder()), "domain: not set; audience: not set");
    let both = file.overridden_by(from(&[DOMAIN]));
    assert_eq!(message_of(both.builder()), "audience or AUTH0_AUDIENCE: not set");
}

#[test]
fn a_setting_is_written_once() {
    let expected = "REDIS_URL_FILE: the same setting as REDIS_URL: remove one of them";
    assert_eq!(message(&[("REDIS_URL", "redis://a"), ("REDIS_URL_FILE", "/a")]), expected);
    let expected = "AUTH0_CLIENT_SECRET_FILE: the same setting as AUTH0_CLIENT_SECRET: remove one of them";
    let twice = [
        ("AUTH0_CLIENT_ID", "client"),
        ("AUTH0_CLIENT_SECRET", "hush"),
        ("AUTH0_CLIENT_SECRET_FILE", "/run/secrets/client"),
    ];
    assert_eq!(message(&twice), expected);
}

fn warnings(builder: &ApiClientBuilder) -> Vec<SettingWarning> {
    builder.reloadable.applied.clone().unwrap().warnings
}

fn ignored(variable: &str, setting: &str) -> Vec<SettingWarning> {
    vec![SettingWarning::ShortForm { variable: variable.into(), setting: setting.into() }]
}

#[test]
fn a_short_form_is_the_weakest_source() {
    let short =
        [("TRUSTED_PROXIES", "10.0.0.0/8"), ("REDIS_URL", "redis://other"), ("REDIS_URL_FILE", "/no/such/file")];
    let file = r#"{ "domain": "tenant.eu.auth0.com", "audience": "a", "trusted_proxies": "none", "redis_url": "redis://own" }"#;
    let file: Settings = serde_json::from_str(file).unwrap();
    let shown_proxies =
        |builder: ApiClientBuilder| builder.build().unwrap().summary().to_string().contains("10.0.0.0/8");

    // Alone, it counts.
    assert!(shown_proxies(from(&[DOMAIN, AUDIENCE, short[0]]).builder()));
    // Beside a file, in one `Settings` or in two, it does not.
    let both = file.clone().overridden_by(from(&short));
    assert_eq!(both.redis_url().map(|url| url.expose_secret().to_owned()).as_deref(), Some("redis://own"));
    assert_eq!(
        warnings(&both.builder()),
        [ignored("REDIS_URL", "redis_url"), ignored("TRUSTED_PROXIES", "trusted_proxies")].concat()
    );
    assert!(!shown_proxies(both.builder()));
    let after = file.builder().settings(&from(&short[..1]));
    assert_eq!(warnings(&after), ignored("TRUSTED_PROXIES", "trusted_proxies"));
    assert!(!shown_proxies(after));
    // Beside the full name, it does not either, and its own problems do not count.
    let variables =
        [&[DOMAIN, AUDIENCE, ("AUTH0_TRUSTED_PROXIES", "none"), ("AUTH0_REDIS_URL", "redis://own")], &short[..]];
    assert!(!shown_proxies(from(&variables.concat()).builder()));
    // The full name wins over the file.
    assert!(shown_proxies(file.overridden_by(from(&[("AUTH0_TRUSTED_PROXIES", "10.0.0.0/8")])).builder()));
}

#[test]
fn a_short_form_with_the_same_value_is_no_warning() {
    let same = from(&[DOMAIN, AUDIENCE, ("AUTH0_DPOP", "require"), ("DPOP", " require")]);
    assert_eq!(warnings(&same.builder()), []);
    let other = from(&[DOMAIN, AUDIENCE, ("AUTH0_DPOP", "require"), ("DPOP", "accept")]);
    assert_eq!(warnings(&other.builder()), ignored("DPOP", "AUTH0_DPOP"));
}

#[test]
fn a_problem_of_another_crate_is_named_as_the_operator_wrote_the_setting() {
    let builder = from(&[DOMAIN, AUDIENCE, ("REDIS_URL", "redis://:hush@")]).builder();
    assert_eq!(message_of(builder.setting_problem("redis_url", "malformed")), "REDIS_URL: malformed");
}

#[test]
fn the_same_settings_give_the_same_summary_from_every_source() {
    let settings = [
        ("domain", "tenant.eu.auth0.com"),
        ("audience", "https://api.example.com"),
        ("dpop", "require"),
        ("dpop_nonce_secrets", "0123456789abcdef0123456789abcdef"),
        ("own_hosts", "api.example.com,api.example.com:8443"),
        ("trusted_proxies", "10.0.0.0/8,127.0.0.1"),
        ("client_certificates", "pem:X-SSL-Cert"),
        ("client_id", "client"),
        ("client_secret", "hush"),
    ];
    let variables = Settings::from_variables(|name| {
        let key = name.strip_prefix("AUTH0_")?.to_lowercase();
        settings.iter().find(|(known, _)| *known == key).map(|(_, value)| (*value).to_owned())
    });
    let toml = settings.map(|(key, value)| format!("{key} = \"{value}\"\n")).concat();
    let json = serde_json::to_string(&std::collections::BTreeMap::from(settings)).unwrap();
    for settings in [variables, toml::from_str(&toml).unwrap(), serde_json::from_str(&json).unwrap()] {
        assert_eq!(
            settings.builder().build().unwrap().summary().to_string(),
            "  issuer        https://tenant.eu.auth0.com/
  audience      https://api.example.com
  algorithms    RS256
  tokens        DPoP only
  nonces        required, new every 60s
  used proofs   remembered by this process
  called URL    of the request, with the host api.example.com or api.example.com:8443
  proxies       10.0.0.0/8, 127.0.0.1/32
  certificates  header x-ssl-cert
  exchanges     as the client client"
        );
    }
}
