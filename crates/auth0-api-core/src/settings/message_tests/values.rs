//! What an operator reads about one wrong value, and about several.

use super::{AUDIENCE, DOMAIN, from, message, message_of};
use crate::build_error::ConfigProblem;

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
