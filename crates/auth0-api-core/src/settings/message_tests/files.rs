//! What an operator reads about a wrong file.

use super::{KEYS, message, message_of};
use crate::settings::Settings;

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

/// The page `guide/settings.md` says so.
#[test]
fn the_message_of_an_error_of_toml_has_no_line_of_the_file() {
    let error =
        toml::from_str::<Settings>("domain = \"a.example\"\nclient_secret = \"hush\nleeway = \"5s\"").err().unwrap();
    assert!(error.to_string().contains("hush") && format!("{error:?}").contains("hush"));
    assert!(!error.message().contains("hush"), "{}", error.message());
}
