//! What an operator reads about a wrong configuration.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use secrecy::ExposeSecret as _;

use super::Settings;
use crate::build_error::ConfigProblem;
use crate::builder::ApiClientBuilder;
use crate::known_settings::SettingWarning;

const DOMAIN: (&str, &str) = ("AUTH0_DOMAIN", "tenant.eu.auth0.com");
const AUDIENCE: (&str, &str) = ("AUTH0_AUDIENCE", "https://api.example.com");
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/testdata/keys/");

fn from(variables: &[(&str, &str)]) -> Settings {
    Settings::from_variables(|name| {
        let (_, value) = variables.iter().find(|(variable, _)| *variable == name)?;
        Some((*value).to_owned())
    })
}

fn message_of(builder: ApiClientBuilder) -> String {
    let error = builder.build().unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
    error.to_string().strip_prefix("the configuration is unusable: ").unwrap().to_owned()
}

/// The message about these variables, beside a good domain and a good audience.
fn message(variables: &[(&str, &str)]) -> String {
    message_of(from(&[&[DOMAIN, AUDIENCE], variables].concat()).builder())
}

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
fn a_wrong_value_is_named_as_the_operator_wrote_it() {
    const EMPTY: &str = "the value is empty: remove the setting, or give it a value";
    let mut wrong = Vec::new();
    for (name, value, expected) in [
        ("AUTH0_DPOP", "requrie", r#""requrie" is not one of accept, ignore, require"#),
        ("DPOP", "Require", r#""Require" is not one of accept, ignore, require"#),
        ("AUTH0_DPOP", "", EMPTY),
        ("OWN_HOSTS", " ", EMPTY),
        ("AUTH0_DPOP_NONCE", "yes", r#""yes" is not one of on, off"#),
        ("AUTH0_DPOP_NONCE_SECRETS", "hush", "nonce secret 1 has 4 bytes and needs 32"),
        ("AUTH0_DPOP_NONCE_STEP", "30s", "has no effect without AUTH0_DPOP_NONCE"),
        ("AUTH0_DPOP_MAX_AGE", "2d", "max_age() and leeway() may be a day at most"),
        ("AUTH0_DPOP_ALGORITHMS", "RS1", ALGORITHMS),
        ("AUTH0_LEEWAY", "5", r#""5" is not a time with its unit, such as 500ms, 30s, 10m, 24h or 7d"#),
        ("AUTH0_LEEWAY", "11m", "at most 10 minutes"),
        ("AUTH0_LEEWAY", "'5s'", "remove the quotation marks around the value"),
        ("AUTH0_CLIENT_ID", "cli\u{0}ent", "the value has characters that no such value can have"),
        ("AUTH0_MAX_TOKEN_AGE", "0s", "set 1 s to 366 days"),
        ("AUTH0_TOKEN_CACHE", "many", r#""many" is not a whole number"#),
        ("AUTH0_TOKEN_CACHE", "-1", r#""-1" is not a whole number"#),
        ("AUTH0_TOKEN_CACHE", "0", "set at least one entry, or use off()"),
        ("AUTH0_KEYS_FRESH_FOR", "25h", "from 1 s to 24 hours"),
        ("AUTH0_KEYS_JITTER_PERCENT", "256", r#""256" is not a whole number"#),
        ("AUTH0_KEYS_UNKNOWN_BURST", "0", "takes a burst from 1 to 100 and an interval from 1 s to 1 hour"),
        ("AUTH0_REVOCATION_INTERVAL", "0s", "set 1 s to 1 hour"),
        ("AUTH0_DECRYPTIONS_AT_ONCE", "0", "set 1 to 10000"),
        ("PUBLIC_URL", "https://api.example.com?a", "the URL has a query or a fragment"),
        ("AUTH0_OWN_HOSTS", "a,https://b", r#""https://b": the port is malformed"#),
        ("TRUSTED_PROXIES", "everyone", r#""everyone" is neither an address nor a network"#),
        ("AUTH0_CLIENT_CERTIFICATES", "client-cert", "a header with certificates needs trusted_proxies()"),
        (
            "AUTH0_CLIENT_CERTIFICATES",
            "conection",
            r#""conection" is not one of none, connection, client-cert, x-forwarded-client-cert, pem:HEADER"#,
        ),
        ("AUTH0_CLIENT_CERTIFICATES_ELEMENTS", "2", "has no effect without AUTH0_CLIENT_CERTIFICATES"),
        ("AUTH0_RESOURCE_NAME", "Orders", "has no effect without AUTH0_RESOURCE"),
        ("CORS_ORIGINS", "https://app.example.com/", CORS),
        ("AUTH0_DECRYPTION_KEY", "hush", "no usable key: not an unencrypted private key in PEM or JWK form"),
        ("AUTH0_CLIENT_SECRET_FILE", "/no/such/file", "the file cannot be read"),
        ("AUTH0_EXCHANGE_DOMAIN", "a/b", "a domain has no path, query, fragment or credentials"),
    ] {
        let message = message(&[(name, value)]);
        // Some secrets need a client id, which has a message of its own.
        let first = message.split("; AUTH0_CLIENT_ID: not set").next().unwrap();
        let first = first.split("; AUTH0_CLIENT_SECRET: not set").next().unwrap();
        if first != format!("{name}: {expected}") {
            wrong.push(format!("{first} (expected: {expected})"));
        }
        assert!(!message.contains("hush"), "{message}");
    }
    assert_eq!(wrong, [""; 0]);
}

const ALGORITHMS: &str = r#""RS1" is not one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA"#;
const CORS: &str = r#""https://app.example.com/" is not an origin, such as https://app.example.com"#;

#[test]
fn all_problems_are_reported_at_once() {
    let variables = [
        ("AUTH0_DOMAIN", "http://tenant.eu.auth0.com"),
        ("AUTH0_LEEWAY", "1h"),
        ("AUTH0_DPOP", "requrie"),
        ("AUTH0_DPOP_MAX_AGE", "2d"),
        ("AUTH0_DPOP_NONCE", "on"),
        ("AUTH0_DPOP_NONCE_STEP", "0s"),
        ("AUTH0_KEYS_FRESH_FOR", "0s"),
        ("AUTH0_KEYS_MAX_KEYS", "0"),
    ];
    assert_eq!(
        message_of(from(&variables).builder()).split("; ").collect::<Vec<_>>(),
        [
            r#"AUTH0_DPOP: "requrie" is not one of accept, ignore, require"#,
            "AUTH0_DOMAIN: https is required",
            "http works for loopback addresses, after insecure_http_loopback()",
            "AUTH0_AUDIENCE: not set",
            "AUTH0_DPOP_MAX_AGE: max_age() and leeway() may be a day at most",
            "AUTH0_DPOP_NONCE_STEP: the step() of a nonce is from 1 s to 24 hours",
            "AUTH0_KEYS_FRESH_FOR: from 1 s to 24 hours",
            "AUTH0_KEYS_MAX_KEYS: from 1 to 1000",
            "AUTH0_LEEWAY: at most 10 minutes",
        ]
    );
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
fn incomplete_or_contradictory_credentials_are_reported() {
    let (id, secret) = (("AUTH0_CLIENT_ID", "client"), ("AUTH0_CLIENT_SECRET", "hush"));
    let key = format!("{KEYS}rsa-pkcs8.pem");
    let key = ("AUTH0_CLIENT_KEY_FILE", &*key);
    let method = |name| ("AUTH0_CLIENT_AUTH", name);
    for (variables, expected) in [
        (&[id][..], "AUTH0_CLIENT_SECRET: not set, and AUTH0_CLIENT_ID needs it"),
        (&[secret], "AUTH0_CLIENT_ID: not set, and AUTH0_CLIENT_SECRET needs it"),
        (&[key], "AUTH0_CLIENT_ID: not set, and AUTH0_CLIENT_KEY_FILE needs it"),
        (&[id, secret, key], "AUTH0_CLIENT_SECRET: cannot be used together with AUTH0_CLIENT_KEY_FILE"),
        (
            &[id, secret, method("tls_client_auth")],
            "AUTH0_CLIENT_SECRET: cannot be used together with AUTH0_CLIENT_AUTH; \
             AUTH0_CLIENT_AUTH: tls() needs an http_client that presents the certificate",
        ),
        (
            &[id, key, ("AUTH0_CLIENT_KEY_ALGORITHM", "ES256")],
            "AUTH0_CLIENT_KEY_ALGORITHM: the key cannot sign with ES256",
        ),
        (
            &[id, secret, method("basic")],
            "AUTH0_CLIENT_AUTH: \"basic\" is not one of client_secret_basic, client_secret_post, private_key_jwt, \
             tls_client_auth",
        ),
    ] {
        let message = message(variables);
        assert!(message.contains(expected), "{variables:?}: {message}");
        assert!(!message.contains("hush"), "{message}");
    }
    for variables in [&[id, secret][..], &[id, key], &[id, secret, method("client_secret_basic")]] {
        assert!(from(&[&[DOMAIN, AUDIENCE], variables].concat()).builder().build().is_ok(), "{variables:?}");
    }
}

#[test]
fn decryption_keys_are_read_from_files() {
    let with = |files: &[&str]| {
        let files: Vec<_> = files.iter().map(|file| format!("{KEYS}{file}")).collect();
        let variable = ("AUTH0_DECRYPTION_KEY_FILE", &*files.join(","));
        from(&[DOMAIN, AUDIENCE, variable]).builder().build().map(|_| ()).map_err(|error| error.to_string())
    };
    for files in [&["rsa-pkcs8.pem"][..], &["rsa-pkcs1.pem"], &["rsa-pkcs1.pem", "rsa-pkcs8.pem"]] {
        assert_eq!(with(files), Ok(()), "{files:?}");
    }
    let prefix = "the configuration is unusable: AUTH0_DECRYPTION_KEY_FILE: ";
    for (file, reason) in [
        ("missing.pem", "the file cannot be read"),
        ("", "the file cannot be read"),
        ("../../hint/mod.rs", "no usable key: not an unencrypted private key"),
        ("p256.jwk.json", "no usable key: not an RSA key"),
        ("p256-pkcs8.pem", "no usable key: not an RSA key"),
    ] {
        let message = with(&[file]).unwrap_err();
        assert!(message.starts_with(&format!("{prefix}{reason}")), "{file}: {message}");
    }
}

#[test]
fn a_problem_has_the_option_of_the_builder() {
    let options = |variables: &[(&str, &str)]| -> Vec<_> {
        let error = from(variables).builder().build().unwrap_err();
        error.problems().iter().map(ConfigProblem::option).collect()
    };
    assert_eq!(options(&[]), ["domain", "audience"]);
    assert_eq!(options(&[DOMAIN, AUDIENCE, ("AUTH0_CLIENT_ID", "client")]), ["client_auth"]);
    assert_eq!(options(&[DOMAIN, AUDIENCE, ("AUTH0_DECRYPTION_KEY_FILE", "")]), ["decryption_keys"]);
    assert_eq!(options(&[DOMAIN, AUDIENCE, ("AUTH0_KEYS_MAX_KEYS", "x")]), ["key_policy"]);
}

#[test]
fn a_file_has_all_its_problems_reported_too() {
    let file = r#"{
        "domain": "tenant.eu.auth0.com", "audience": { "a": [1] }, "dppo": "accept", "leeway": 1.5, "dpop": ["accept", "ignore"],
        "own_hosts": [], "public_url": [["x"]], "client_secret": "'hush'", "client_id": "client"
    }"#;
    let file: Settings = serde_json::from_str(file).unwrap();
    let types = "a text, a whole number, true, false, or a list of these is expected";
    assert_eq!(
        message_of(file.builder()).split("; ").collect::<Vec<_>>(),
        [
            "dppo: there is no such setting".to_owned(),
            format!("audience: {types}"),
            "client_secret: remove the quotation marks around the value".to_owned(),
            format!("leeway: {types}"),
            "dpop: one value is expected, and not a list".to_owned(),
            format!("public_url: {types}"),
            "own_hosts: the value is empty: remove the setting, or give it a value".to_owned(),
        ]
    );
}

#[test]
fn one_url_of_redis_is_accepted_and_not_several() {
    let list = "one value is expected, and not a list";
    let key = format!("{KEYS}rsa-pkcs8.pem");
    assert_eq!(message(&[("REDIS_URL_FILE", &format!("{key},{key}"))]), format!("REDIS_URL_FILE: {list}"));
    let several: Settings =
        toml::from_str("domain = \"a.example\"\naudience = \"a\"\nredis_url = [\"redis://a\", \"redis://b\"]").unwrap();
    assert_eq!(message_of(several.builder()), format!("redis_url: {list}"));
}

#[test]
fn a_misplaced_secret_is_not_shown_whole() {
    let (user, long) = ("redis://:hush@redis.internal", "0123456789".repeat(4) + "hush");
    for name in ["CORS_ORIGINS", "AUTH0_OWN_HOSTS", "AUTH0_JWKS_HOSTS", "TRUSTED_PROXIES", "AUTH0_DPOP", "AUTH0_LEEWAY"]
    {
        for value in [user.to_owned(), format!("/{long}"), format!("x@/{long}")] {
            let message = message(&[(name, &value)]);
            assert!(message.starts_with(name) && !message.contains("hush"), "{message}");
        }
    }
    for domain in [user, &format!("/{long}")] {
        let message = message_of(from(&[("AUTH0_DOMAIN", &format!("a.example,{domain}")), AUDIENCE]).builder());
        assert!(message.starts_with("AUTH0_DOMAIN") && !message.contains("hush"), "{message}");
    }
}

/// The page `guide/settings.md` says so.
#[test]
fn the_message_of_an_error_of_toml_has_no_line_of_the_file() {
    let error =
        toml::from_str::<Settings>("domain = \"a.example\"\nclient_secret = \"hush\nleeway = \"5s\"").err().unwrap();
    assert!(error.to_string().contains("hush") && format!("{error:?}").contains("hush"));
    assert!(!error.message().contains("hush"), "{}", error.message());
}

#[test]
fn a_list_in_a_variable_is_separated_by_blanks_or_commas() {
    for text in ["https://a.example.com  https://b.example.com\n", "https://a.example.com,https://b.example.com"] {
        let builder = from(&[DOMAIN, ("AUTH0_AUDIENCE", text)]).builder();
        let shown = format!("{builder:?}");
        assert!(shown.contains(r#"audiences: ["https://a.example.com", "https://b.example.com"]"#), "{shown}");
        assert!(builder.build().is_ok());
    }
}

#[test]
fn plain_http_is_accepted_for_loopback_domains_only() {
    for domain in ["http://127.0.0.1:4711", "http://localhost:4711", "http://[::1]:4711", "http://127.8.8.8"] {
        assert!(from(&[("AUTH0_DOMAIN", domain), AUDIENCE]).builder().build().is_ok(), "{domain}");
    }
    for domain in ["http://tenant.eu.auth0.com", "http://10.0.0.1", "http://localhost.example.com"] {
        let message = message_of(from(&[("AUTH0_DOMAIN", domain), AUDIENCE]).builder());
        assert!(message.starts_with("AUTH0_DOMAIN: https is required"), "{domain}: {message}");
    }
}

#[test]
fn pages_of_this_machine_may_call_if_the_tenant_is_local() {
    for (variables, origin, allowed) in [
        (&[("AUTH0_DOMAIN", "http://127.0.0.1:4711")][..], "http://localhost:5173", true),
        (&[("AUTH0_DOMAIN", "http://127.0.0.1:4711"), ("CORS_ORIGINS", "none")], "http://localhost:5173", false),
        (&[DOMAIN], "http://localhost:5173", false),
        (&[DOMAIN, ("AUTH0_CORS_ORIGINS", "https://a.example,https://b.example")], "https://b.example", true),
    ] {
        assert_eq!(from(variables).cors_origins().allow(origin.as_bytes()), allowed, "{variables:?}");
    }
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
