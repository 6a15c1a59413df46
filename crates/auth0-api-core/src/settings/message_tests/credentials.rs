//! Secrets and keys: what is incomplete, and what no message shows.

use super::{AUDIENCE, DOMAIN, KEYS, from, message, message_of};

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
