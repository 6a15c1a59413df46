//! Faults of the settings and of the connection to a tenant on this machine.

use auth0_api_testing::{Endpoint, Misbehaviour, free_address};

use super::planted::find;
use super::setup::{Setup, file};

#[tokio::test(flavor = "multi_thread")]
async fn a_good_set_up_has_no_faults() {
    let setup = Setup::new().await;
    let outcome = setup.run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec![], 0), "{}", outcome.text);
    let mut all =
        vec!["ca_certificates", "settings", "redis", "connection", "discovery", "keys", "verifier", "clock", "record"];
    all.retain(|name| *name != "redis" || setup.redis.is_some());
    assert_eq!(outcome.passed(), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_settings_are_found() {
    find(&[
        ("variable_unusable", 1, &["api: AUTH0_AUDIENCE: remove the quotation marks"], |setup| {
            setup.set("AUTH0_AUDIENCE", "\"https://api.example.com\"")
        }),
        ("white_space", 0, &["api: remove the white space from AUTH0_AUDIENCE"], |setup| {
            setup.set("AUTH0_AUDIENCE", "https://api.example.com\n")
        }),
        ("setting_unusable", 1, &["api: AUTH0_DOMAIN: a domain has no path"], |setup| {
            setup.set("AUTH0_DOMAIN", "tenant.eu.auth0.com/api/v2")
        }),
        ("setting_missing", 1, &["api: set AUTH0_AUDIENCE to the Identifier of the API"], |setup| {
            setup.unset("AUTH0_AUDIENCE")
        }),
        ("setting_missing", 1, &["api: AUTH0_EXCHANGE_DOMAIN: client_auth needs one domain"], |setup| {
            let own = setup.tenant.domain().to_owned();
            setup.set("AUTH0_DOMAIN", &format!("{own},tenant.eu.auth0.com"))
        }),
        ("variable_unusable", 1, &["api: AUTH0_CLIENT_ID: not set, and AUTH0_CLIENT_SECRET needs it"], |setup| {
            setup.unset("AUTH0_CLIENT_ID")
        }),
        ("variable_unusable", 1, &["api: AUTH0_DECRYPTION_KEY_FILE: the file cannot be read"], |setup| {
            setup.set("AUTH0_DECRYPTION_KEY_FILE", "/no/such/key.pem")
        }),
        ("variable_unusable", 1, &["api: DPOP: \"requrie\" is not one of accept, ignore, require"], |setup| {
            setup.set("DPOP", "requrie")
        }),
        ("variable_unusable", 1, &["api: AUTH0_DPOP: \"requrie\" is not one of accept, ignore, require"], |setup| {
            setup.set("AUTH0_DPOP", "requrie")
        }),
        ("variable_unusable", 1, &["api: AUTH0_LEEWAY: \"5\" is not a time with its unit"], |setup| {
            setup.set("AUTH0_LEEWAY", "5")
        }),
        ("setting_unusable", 1, &["api: AUTH0_LEEWAY: at most 10 minutes"], |setup| setup.set("AUTH0_LEEWAY", "1h")),
        ("short_form_ignored", 0, &["api: AUTH0_DPOP has another value, and counts: remove DPOP"], |setup| {
            setup.set("AUTH0_DPOP", "accept").set("DPOP", "require")
        }),
        (
            "short_form_ignored",
            0,
            &["api: AUTH0_PUBLIC_URL has another value, and counts: remove PUBLIC_URL"],
            |setup| {
                setup.set("AUTH0_PUBLIC_URL", "https://api.example.com").set("PUBLIC_URL", "https://other.example.com")
            },
        ),
        ("unknown_variable", 0, &["api: no setting has this variable: write AUTH0_LEEWAY"], |setup| {
            setup.set("AUTH0_LEWAY", "5s")
        }),
        ("ca_file_missing", 1, &["machine: let SSL_CERT_FILE name a file"], |setup| {
            setup.set("SSL_CERT_FILE", "/no/such/file.pem")
        }),
        ("ca_file_unreadable", 1, &["machine: let SSL_CERT_FILE name a file"], |setup| {
            setup.set("SSL_CERT_FILE", env!("CARGO_TARGET_TMPDIR"))
        }),
        ("ca_file_empty", 1, &["machine: let SSL_CERT_FILE name a file"], |setup| {
            setup.set("SSL_CERT_FILE", &file("empty.pem", "no certificate"))
        }),
        ("ca_folder_unreadable", 0, &["machine: correct SSL_CERT_DIR"], |setup| {
            setup.set("SSL_CERT_DIR", "/no/such/folder")
        }),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_the_connection_are_found() {
    find(&[
        (
            "not_connected",
            1,
            &["machine: start the local tenant", "api: correct the host and the port of AUTH0_DOMAIN"],
            |setup| {
                let closed = free_address();
                setup.set("AUTH0_DOMAIN", &format!("http://{closed}"))
            },
        ),
        ("no_tls", 1, &["api: for a local tenant, write AUTH0_DOMAIN with http://"], |setup| {
            let domain = setup.tenant.domain().replace("http://", "https://");
            setup.set("AUTH0_DOMAIN", &domain)
        }),
        (
            "redirected",
            1,
            &["api: set AUTH0_DOMAIN to the domain that answers itself, perhaps login.example.com"],
            |setup| {
                let to = "https://login.example.com/?token=planted-api-secret";
                setup.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Redirect(to.into()));
                setup.without_record()
            },
        ),
        ("no_tenant", 1, &["api: correct AUTH0_DOMAIN"], |setup| misbehaving(setup, Misbehaviour::Status(404))),
        ("document_not_json", 1, &["api: correct AUTH0_DOMAIN", "machine: let no proxy"], |setup| {
            misbehaving(setup, Misbehaviour::Garbage)
        }),
        ("document_too_large", 1, &["api: set AUTH0_DOMAIN"], |setup| misbehaving(setup, Misbehaviour::Huge)),
        ("no_answer", 1, &["api: correct AUTH0_DOMAIN"], |setup| misbehaving(setup, Misbehaviour::Down)),
    ])
    .await;
}

fn misbehaving(setup: Setup, misbehaviour: Misbehaviour) -> Setup {
    setup.tenant.misbehave(Endpoint::Discovery, misbehaviour);
    setup.without_record()
}
