//! `auth0-api profiles`, as a pipeline runs it: without a terminal, against a local tenant.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use auth0_api_testing::{ExchangeRejection, LocalTenant, User};
use serde_json::{Value, json};
use tokio::process::Command;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::PROGRAM;

/// A tenant with two Actions.
struct World(LocalTenant);

pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    async fn new() -> Self {
        let tenant = LocalTenant::builder()
            .action("check-session", |_| Ok::<_, ExchangeRejection>(User::new("legacy|ada")))
            .action("check-ticket", |_| Ok::<_, ExchangeRejection>(User::new("legacy|ticket")));
        Self(tenant.start().await.unwrap())
    }

    async fn run(&self, arguments: &[&str]) -> Outcome {
        let settings = [
            ("AUTH0_DOMAIN", self.0.local_url()),
            ("AUTH0_MANAGEMENT_CLIENT_ID", self.0.client_id()),
            ("AUTH0_MANAGEMENT_CLIENT_SECRET", self.0.client_secret()),
        ];
        run(arguments, &settings).await
    }

    /// The name and the Action of each profile with a type of these tests.
    async fn profiles(&self) -> Vec<String> {
        let listed = self.run(&["list", "--json"]).await;
        let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
        let all = listed["profiles"].as_array().unwrap();
        let own = all.iter().filter(|profile| profile["subject_token_type"].as_str().unwrap().starts_with("urn:acme:"));
        own.map(|profile| format!("{} {}", profile["name"].as_str().unwrap(), profile["action_id"].as_str().unwrap()))
            .collect()
    }
}

pub(crate) async fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Outcome {
    let mut command = Command::new(PROGRAM);
    command.env_clear().env("LC_ALL", "C.UTF-8").arg("profiles").args(arguments).envs(settings.iter().copied());
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(Duration::from_secs(60), output).await.unwrap().unwrap();
    Outcome {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        // The program breaks long lines.
        stderr: String::from_utf8(output.stderr).unwrap().split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

/// Writes a file of this test.
pub(crate) fn file(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

pub(crate) fn described(name: &str, action_id: &str) -> String {
    format!(
        "[[exchange_profiles]]\nname = \"{name}\"\nsubject_token_type = \"urn:acme:legacy-session\"\n\
         action_id = \"{action_id}\"\n"
    )
}

#[tokio::test]
async fn without_a_confirmation_the_plan_is_printed_and_nothing_changes() {
    let world = World::new().await;
    let old = file("confirmed", &described("Old sessions", "check-session").replace("legacy", "former"));
    assert_eq!(world.run(&["ensure", &old, "--yes"]).await.code, 0);
    let file = file("unconfirmed", &described("Legacy sessions", "check-session"));
    let create =
        ["create", "--name", "Tickets", "--subject-token-type", "urn:acme:ticket", "--action-id", "check-ticket"];
    for (arguments, plan) in [
        (&["ensure", &file][..], "  create   urn:acme:legacy-session\n           name Legacy sessions\n"),
        (&create, "  create   urn:acme:ticket\n           name Tickets\n           Action check-ticket\n"),
        (&["delete", "urn:acme:former-session"], "  delete   urn:acme:former-session\n"),
    ] {
        let outcome = world.run(arguments).await;
        assert_eq!(outcome.code, 3, "{}{}", outcome.stdout, outcome.stderr);
        assert!(outcome.stdout.contains(plan), "{}", outcome.stdout);
        assert!(outcome.stderr.contains("Pass --yes to apply it."), "{}", outcome.stderr);
    }
    assert_eq!(world.profiles().await, ["Old sessions check-session"]);
    let listed = world.run(&["list"]).await;
    assert!(listed.stdout.contains("  subject token type  urn:acme:former-session\n"), "{}", listed.stdout);
}

#[tokio::test]
async fn a_file_is_ensured() {
    let world = World::new().await;
    for (round, name, action, flag, code, said) in [
        ("create", "Legacy sessions", "check-session", "--yes", 0, "created urn:acme:legacy-session as tep_"),
        ("again", "Legacy sessions", "check-session", "--json", 0, r#""action": "keep""#),
        ("rename", "Old sessions", "check-session", "--yes", 0, "renamed urn:acme:legacy-session as tep_"),
        ("other action", "Old sessions", "check-ticket", "--yes", 1, "pass --replace"),
        ("replace", "Old sessions", "check-ticket", "--replace", 3, "Action check-ticket, now check-session"),
    ] {
        let file = file("ensured", &described(name, action));
        let outcome = world.run(&["ensure", &file, flag]).await;
        let all = outcome.stdout + &outcome.stderr;
        assert_eq!(outcome.code, code, "{round}: {all}");
        assert!(all.contains(said), "{round}: {all}");
    }
    assert_eq!(world.profiles().await, ["Old sessions check-session"]);
    let file = file("ensured", &described("Old sessions", "check-ticket"));
    let outcome = world.run(&["ensure", &file, "--replace", "--yes"]).await;
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(outcome.stdout.contains("replaced urn:acme:legacy-session as tep_"), "{}", outcome.stdout);
    assert_eq!(world.profiles().await, ["Old sessions check-ticket"]);
}

#[tokio::test]
async fn a_profile_is_created_once_and_deleted_by_its_type() {
    let world = World::new().await;
    let create = [
        "create",
        "--name",
        "Tickets",
        "--subject-token-type",
        "urn:acme:ticket",
        "--action-id",
        "check-ticket",
        "--yes",
        "--json",
    ];
    let outcome = world.run(&create).await;
    let created: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!((outcome.code, &created["applied"]), (0, &json!(true)), "{created}");
    assert!(created["done"][0]["profile"]["id"].as_str().unwrap().starts_with("tep_"), "{created}");
    let outcome = world.run(&create).await;
    assert_eq!(outcome.code, 1);
    let failed: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(failed["error"]["label"], "profiles_state", "{failed}");

    assert_eq!(world.profiles().await, ["Tickets check-ticket"]);
    let outcome = world.run(&["delete", "urn:acme:ticket", "--yes"]).await;
    assert_eq!((outcome.code, world.profiles().await.len()), (0, 0), "{}", outcome.stderr);
    let outcome = world.run(&["delete", "urn:acme:ticket", "tep_none", "--yes"]).await;
    assert_eq!(outcome.code, 1);
    for unknown in ["there is no profile tep_none", "there is no profile urn:acme:ticket", " fix "] {
        assert!(outcome.stderr.contains(unknown), "{}", outcome.stderr);
    }
}

#[tokio::test]
async fn an_answer_of_the_tenant_is_explained() {
    let world = World::new().await;
    let file = file("explained", &described("Legacy sessions", "no-action"));
    let outcome = world.run(&["ensure", &file, "--yes"]).await;
    assert_eq!(outcome.code, 1);
    for text in ["✗ urn:acme:legacy-session: the Management API answered 400", "action_id", " fix "] {
        assert!(outcome.stderr.contains(text), "{}", outcome.stderr);
    }
}

#[tokio::test]
async fn a_replacement_that_fails_tells_what_has_become_of_the_profile() {
    let world = World::new().await;
    let scopes = "read:token_exchange_profiles update:token_exchange_profiles delete:token_exchange_profiles";
    let token = world.0.mint().audience(&world.0.management_audience()).scope(scopes).sign();
    let application = [
        ("AUTH0_MANAGEMENT_CLIENT_ID", world.0.client_id()),
        ("AUTH0_MANAGEMENT_CLIENT_SECRET", world.0.client_secret()),
    ];
    let token = [("AUTH0_MANAGEMENT_TOKEN", &*token)];
    let is_missing =
        "Machine to Machine Applications; then run the command again: until then, exchanges of this type fail";
    for (credentials, action, fate, done, fix) in [
        (&application[..], "no-action", "and created again as tep_", "restored", " fix look at the Action"),
        (&token, "check-ticket", "and is not there any more: the Management API answered 403", "deleted", is_missing),
    ] {
        let settings = [&[("AUTH0_DOMAIN", world.0.local_url())], credentials].concat();
        for flags in [&["--yes", "--replace"][..], &["--yes", "--replace", "--json"]] {
            let present = file("present", &described("Legacy sessions", "check-session"));
            assert_eq!(world.run(&["ensure", &present, "--yes"]).await.code, 0);
            let file = file("replaced-in-vain", &described("Legacy sessions", action));
            let outcome = run(&[&["ensure", &*file], flags].concat(), &settings).await;
            let all = outcome.stdout.clone() + &outcome.stderr;
            assert_eq!(outcome.code, 1, "{all}");
            assert!(all.contains(fate), "{all}");
            let left = if done == "restored" { vec!["Legacy sessions check-session"] } else { vec![] };
            assert_eq!(world.profiles().await, left, "{all}");
            if flags.contains(&"--json") {
                let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
                assert_eq!(report["error"]["label"], "management_replacement_failed", "{report}");
                assert_eq!(report["done"][0]["done"], done, "{report}");
                assert_eq!(report["done"][0]["profile"].is_null(), done == "deleted", "{report}");
            } else {
                assert!(outcome.stderr.contains(fix), "{}", outcome.stderr);
            }
        }
    }
}

#[tokio::test]
async fn a_missing_scope_is_named() {
    let server = MockServer::start().await;
    let issuer = format!("{}/", server.uri());
    let discovery = json!({
        "issuer": issuer, "jwks_uri": format!("{issuer}.well-known/jwks.json"),
        "token_endpoint": format!("{issuer}oauth/token")
    });
    let token = json!({ "access_token": "hush", "token_type": "Bearer", "expires_in": 3600, "scope": "read:clients" });
    let rejected = json!({
        "statusCode": 403, "error": "Forbidden", "errorCode": "insufficient_scope",
        "message": "Insufficient scope, expected any of: read:token_exchange_profiles"
    });
    for (verb, at, status, body) in [
        ("GET", "/.well-known/openid-configuration", 200, discovery),
        ("POST", "/oauth/token", 200, token),
        ("GET", "/api/v2/token-exchange-profiles", 403, rejected),
    ] {
        let answer = ResponseTemplate::new(status).set_body_json(body);
        Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(&server).await;
    }
    let domain = server.uri();
    let settings = [
        ("AUTH0_DOMAIN", &*domain),
        ("AUTH0_MANAGEMENT_CLIENT_ID", "client"),
        ("AUTH0_MANAGEMENT_CLIENT_SECRET", "hush-hush"),
    ];
    let outcome = run(&["list"], &settings).await;
    let hint = "fix give the application the scope read:token_exchange_profiles";
    assert_eq!(outcome.code, 1);
    assert!(outcome.stderr.contains(hint), "{}", outcome.stderr);
    let outcome = run(&["list", "--json"], &settings).await;
    let failed: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(failed["error"]["missing_scope"], "read:token_exchange_profiles", "{failed}");
    assert!(!(outcome.stdout + &outcome.stderr).contains("hush"));
}

#[tokio::test]
async fn every_missing_setting_is_named() {
    let outcome = run(&["list"], &[]).await;
    assert_eq!(outcome.code, 2);
    let several = [("AUTH0_DOMAIN", "a.example,b.example"), ("AUTH0_MANAGEMENT_TOKEN", "token")];
    let list = run(&["list"], &several).await;
    assert!(list.code == 2 && list.stderr.contains("the domain is a list"), "{}", list.stderr);
    for name in ["AUTH0_DOMAIN", "AUTH0_MANAGEMENT_CLIENT_ID", "AUTH0_MANAGEMENT_CLIENT_SECRET", "--private-key-file"] {
        assert!(outcome.stderr.contains(name), "{}", outcome.stderr);
    }
}

#[tokio::test]
async fn a_secret_comes_from_a_file_and_never_from_a_flag() {
    let world = World::new().await;
    let secret = file("secret", &format!("{}\n", world.0.client_secret()));
    let settings = [("AUTH0_DOMAIN", world.0.local_url()), ("AUTH0_MANAGEMENT_CLIENT_ID", world.0.client_id())];
    let outcome = run(&["list", "--client-secret-file", &secret], &settings).await;
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let outcome = run(&["list", "--client-secret", world.0.client_secret()], &settings).await;
    assert_eq!(outcome.code, 2, "{}", outcome.stdout);
}

#[tokio::test]
async fn a_management_token_needs_no_application() {
    let world = World::new().await;
    let audience = format!("{}api/v2/", world.0.issuer());
    let token = &*world.0.mint().audience(&audience).scope("read:token_exchange_profiles").sign();
    let path = file("token", &format!("{token}\n"));
    let domain = ("AUTH0_MANAGEMENT_DOMAIN", world.0.local_url());
    for (arguments, variable) in [
        (&["list"][..], ("AUTH0_MANAGEMENT_TOKEN", token)),
        (&["list"], ("AUTH0_MANAGEMENT_TOKEN_FILE", &*path)),
        (&["list", "--token-file", &path], ("AUTH0_DOMAIN", "unused.example.com")),
    ] {
        let outcome = run(arguments, &[domain, variable]).await;
        assert_eq!(outcome.code, 0, "{variable:?} {}", outcome.stderr);
    }
    let outcome = run(&["list"], &[domain, ("AUTH0_MANAGEMENT_PRIVATE_KEY_FILE", &path)]).await;
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.stderr.contains("a secret or a key, and no client id: set AUTH0_MANAGEMENT_CLIENT_ID"),
        "{}",
        outcome.stderr
    );
    let key = [domain, ("AUTH0_MANAGEMENT_PRIVATE_KEY_FILE", &*path), ("AUTH0_MANAGEMENT_CLIENT_ID", "client")];
    let outcome = run(&["list"], &key).await;
    assert!(outcome.code == 2 && outcome.stderr.contains("AUTH0_MANAGEMENT_PRIVATE_KEY_FILE: "), "{}", outcome.stderr);
    assert!(!outcome.stderr.contains(token), "{}", outcome.stderr);
}

#[tokio::test]
async fn every_problem_of_a_file_has_its_line() {
    let text = "[[exchange_profiles]]\nname = \"L\"\nsubject_token_type = \"legacy\"\naction_id = \"a\"\n\
                [[exchange_profiles]]\nname = 1\nsecret = \"x\"\naction_id = \"a\"\n[other]\n";
    let file = file("problems", text);
    let outcome = run(&["ensure", &file], &[]).await;
    assert_eq!(outcome.code, 2);
    for problem in [
        ":1: name must have 3 to 50 characters",
        ":1: subject_token_type must be a URI",
        ":5: subject_token_type is missing",
        ":6: name is not a text",
        ":7: secret is unknown",
        ":9: a file has only tables [[exchange_profiles]]",
    ] {
        assert!(outcome.stderr.contains(&format!("{file}{problem}")), "{problem}: {}", outcome.stderr);
    }
    let outcome = run(&["ensure", &crate::profiles::file("other-kind", &"# no\nwords\n".repeat(50))], &[]).await;
    assert_eq!((outcome.code, outcome.stderr.matches("expected").count()), (2, 10), "{}", outcome.stderr);
    assert!(outcome.stderr.ends_with(": and 40 further problems"), "{}", outcome.stderr);
    let outcome = run(&["ensure", "no-such-file.toml"], &[]).await;
    assert!(outcome.code == 2 && outcome.stderr.contains("cannot read no-such-file.toml"), "{}", outcome.stderr);
}

#[tokio::test]
async fn the_help_fits_and_teaches() {
    for task in [&["--help"][..], &["ensure", "--help"], &["create", "--help"], &["delete", "--help"]] {
        let outcome = run(task, &[]).await;
        assert_eq!(outcome.code, 0);
        let wide: Vec<_> =
            outcome.stdout.lines().filter(|line| line.chars().count() > 80 && !line.starts_with("Usage: ")).collect();
        assert_eq!(wide, [""; 0]);
    }
    assert!(run(&["--help"], &[]).await.stdout.contains("EXIT STATUS\n  0  done"));
}
