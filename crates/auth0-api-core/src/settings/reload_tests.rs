//! Settings that are applied to a client that serves.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use super::Settings;
use crate::client::{ApiClient, ReloadError};
use crate::reloadable::Reloadable;

fn settings(file: &str) -> Settings {
    serde_json::from_str(file).unwrap()
}

fn audiences(api: &ApiClient) -> String {
    let summary = api.summary().to_string();
    let line = summary.lines().find_map(|line| line.trim().strip_prefix("audience")).unwrap();
    line.trim().to_owned()
}

#[tokio::test]
async fn what_is_written_is_replaced_and_the_rest_stays() {
    let client = r#""client_id": "client", "client_secret": "hush""#;
    let first = format!(r#"{{ "domain": "tenant.eu.auth0.com", "audience": "a", {client} }}"#);
    let api = settings(&first).builder().build().unwrap();
    // A setting that cannot be replaced is not looked at.
    let second = settings(r#"{ "audience": ["a", "b"], "leeway": "wrong" }"#);
    api.reload(|current| current.settings(&second)).await.unwrap();
    assert_eq!(audiences(&api), "a, b");
    assert!(api.summary().to_string().contains("as the client client"));
}

#[tokio::test]
async fn a_problem_is_named_as_it_is_written_and_nothing_changes() {
    let first = settings(r#"{ "domain": "tenant.eu.auth0.com", "audience": "a" }"#);
    let api = first.builder().build().unwrap();
    let second = settings(r#"{ "audience": "b", "algorithms": "HS256", "max_token_age": "0s" }"#);
    let error = api.reload(|current| current.settings(&second)).await.unwrap_err();
    assert!(matches!(error, ReloadError::Settings(_)));
    assert_eq!(
        error.to_string(),
        "the configuration is unusable: algorithms: \"HS256\" is not one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, \
         ES384, ES512, EdDSA; max_token_age: set 1 s to 366 days"
    );
    assert_eq!(audiences(&api), "a");
    // The report of a failed reload does not stay.
    api.reload(|current| current.audiences(["c"])).await.unwrap();
    assert_eq!(audiences(&api), "c");
}

#[tokio::test]
async fn what_code_has_set_over_settings_stays() {
    let first = settings(r#"{ "domain": "tenant.eu.auth0.com", "audience": "a" }"#);
    let second = settings(r#"{ "audience": "b", "required_claims": "sub", "max_token_age": "1h" }"#);

    // A setter after the settings, also of one that they did not write.
    let api = first.builder().audiences(["code"]).required_claim("azp").build().unwrap();
    api.reload(|current| current.settings(&second)).await.unwrap();
    assert_eq!(audiences(&api), "code");
    let check = |current: Reloadable| {
        assert_eq!(current.required_claims, [Box::from("azp")]);
        assert_eq!(current.max_token_age, Some(std::time::Duration::from_secs(3600)));
        current
    };
    api.reload(check).await.unwrap();

    // A setter of a reload.
    let api = first.builder().build().unwrap();
    api.reload(|current| current.audiences(["code"])).await.unwrap();
    api.reload(|current| current.settings(&settings(r#"{ "audience": "b" }"#))).await.unwrap();
    assert_eq!(audiences(&api), "code");
    // A value that cannot be used is a problem also then.
    let wrong = settings(r#"{ "audience": "" }"#);
    assert!(api.reload(|current| current.settings(&wrong)).await.is_err());

    // Settings that are applied over code win at the build, and at a reload.
    let api = first.builder().audiences(["code"]).settings(&first).build().unwrap();
    assert_eq!(audiences(&api), "a");
    api.reload(|current| current.settings(&settings(r#"{ "audience": "b" }"#))).await.unwrap();
    assert_eq!(audiences(&api), "b");
}
