//! A tenant that changes between the plan and its confirmation: `auth0-api profiles` changes nothing.

use serde_json::{Value, json};
use wiremock::matchers::{method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::profiles::{Outcome, described, file, run};

const PATH: &str = "/api/v2/token-exchange-profiles";

fn profile(id: &str, name: &str, action: &str) -> Value {
    json!({
        "id": id, "name": name, "subject_token_type": "urn:acme:legacy-session", "action_id": action,
        "type": "custom_authentication", "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-01T00:00:00.000Z"
    })
}

/// A tenant that shows the first list when the plan is made, the next ones afterwards, and then the last one again and again. It
/// accepts every change.
async fn tenant(lists: &[&[Value]]) -> MockServer {
    let server = MockServer::start().await;
    let issuer = format!("{}/", server.uri());
    let discovery = json!({
        "issuer": issuer, "jwks_uri": format!("{issuer}.well-known/jwks.json"),
        "token_endpoint": format!("{issuer}oauth/token")
    });
    let token = json!({ "access_token": "hush", "token_type": "Bearer", "expires_in": 3600 });
    for (verb, at, body) in [("GET", "/.well-known/openid-configuration", discovery), ("POST", "/oauth/token", token)] {
        let answer = ResponseTemplate::new(200).set_body_json(body);
        Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&server).await;
    }
    for (index, profiles) in lists.iter().enumerate() {
        let answer = ResponseTemplate::new(200).set_body_json(json!({ "token_exchange_profiles": profiles }));
        let list = Mock::given(method("GET")).and(path(PATH)).respond_with(answer);
        let times = if index + 1 < lists.len() { 1 } else { u64::MAX };
        list.up_to_n_times(times).mount(&server).await;
    }
    let (deleted, created) = (ResponseTemplate::new(204), ResponseTemplate::new(201));
    let created = created.set_body_json(profile("tep_9", "Legacy sessions", "check-ticket"));
    Mock::given(method("DELETE")).and(path_regex(PATH)).respond_with(deleted).mount(&server).await;
    Mock::given(method("POST")).and(path(PATH)).respond_with(created).mount(&server).await;
    server
}

/// Runs the program, and returns the changes that it has made.
async fn changes(server: &MockServer, arguments: &[&str]) -> (Outcome, Vec<String>) {
    let domain = server.uri();
    let settings = [
        ("AUTH0_DOMAIN", &*domain),
        ("AUTH0_MANAGEMENT_CLIENT_ID", "client"),
        ("AUTH0_MANAGEMENT_CLIENT_SECRET", "hush-hush"),
    ];
    let outcome = run(arguments, &settings).await;
    let requests = server.received_requests().await.unwrap();
    let changes = requests.iter().filter(|request| request.url.path().starts_with(PATH));
    let changes = changes.map(|request| format!("{} {}", request.method, request.url.path()));
    (outcome, changes.filter(|change| !change.starts_with("GET ")).collect())
}

#[tokio::test]
async fn a_plan_that_is_still_true_is_applied() {
    let shown = [profile("tep_1", "Legacy sessions", "check-session")];
    let server = tenant(&[&shown]).await;
    let file = file("still-true", &described("Legacy sessions", "check-ticket"));
    let (outcome, changes) = changes(&server, &["ensure", &file, "--replace", "--yes"]).await;
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(changes, [format!("DELETE {PATH}/tep_1"), format!("POST {PATH}")]);
}

#[tokio::test]
async fn a_plan_that_is_no_longer_true_changes_nothing() {
    let shown = [profile("tep_1", "Legacy sessions", "check-session")];
    let other = |id, name, action| vec![profile(id, name, action)];
    let replace = file("replaced", &described("Legacy sessions", "check-ticket"));
    let rename = file("renamed", &described("New name", "check-session"));
    let (replace, rename) = (["ensure", &replace, "--replace", "--yes"], ["ensure", &rename, "--yes"]);
    let delete = ["delete", "tep_1", "--yes"];
    for (arguments, first, now, told) in [
        (&replace[..], &shown[..], other("tep_1", "Legacy sessions", "its-own"), "Action its-own"),
        (&replace, &shown, other("tep_2", "Legacy sessions", "check-session"), "is now tep_2"),
        (&replace, &shown, other("tep_1", "Its own name", "check-session"), "name Its own name"),
        (&replace, &shown, vec![], "is gone"),
        (&rename, &shown, other("tep_1", "Its own name", "check-session"), "name Its own name"),
        (&rename, &[], other("tep_1", "Its own name", "check-session"), "is now tep_1"),
        (&delete, &shown, other("tep_1", "Legacy sessions", "its-own"), "Action its-own"),
    ] {
        let server = tenant(&[first, &now]).await;
        let (outcome, changes) = changes(&server, arguments).await;
        assert_eq!((outcome.code, changes), (1, vec![]), "{arguments:?} {told} {}", outcome.stderr);
        let problem = "urn:acme:legacy-session: the profile has changed since the plan was made";
        for text in [problem, told, "fix run the command again to see the new plan; nothing was changed"] {
            assert!(outcome.stderr.contains(text), "{arguments:?} {text}: {}", outcome.stderr);
        }
    }
}

#[tokio::test]
async fn a_plan_that_another_deployment_has_carried_out_is_done() {
    let (shown, wanted) =
        ([profile("tep_1", "Legacy sessions", "check-session")], [profile("tep_2", "Legacy sessions", "check-ticket")]);
    let file = file("carried-out", &described("Legacy sessions", "check-ticket"));
    // While the other deployment replaces the profile, there is none for a moment.
    for lists in [&[&shown[..], &wanted][..], &[&[], &wanted], &[&shown, &[], &wanted]] {
        let server = tenant(lists).await;
        let (outcome, changes) = changes(&server, &["ensure", &file, "--replace", "--yes", "--json"]).await;
        assert_eq!((outcome.code, changes), (0, vec![]), "{}{}", outcome.stdout, outcome.stderr);
        let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
        assert_eq!(report["done"][0]["done"], "kept", "{report}");
    }
}
