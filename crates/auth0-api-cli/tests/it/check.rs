//! `auth0-api check`, as a developer runs it: with a token of the local tenant, from standard input.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::{Clock as _, SystemClock};
use auth0_api_testing::free_address;
use serde_json::Value;

use crate::PROGRAM;
use crate::caller::{get, post_form};
use crate::process::Running;

const AUDIENCE: &str = "https://api.example.com";

/// Runs the program with this input. The environment is that of the test, without the variables that the program reads.
pub(crate) fn check(input: &str, flags: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(PROGRAM);
    command.arg("check").args(flags).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in
        ["AUTH0_DOMAIN", "AUTH0_AUDIENCE", "AUTH0_DECRYPTION_KEY_FILE", "CLICOLOR_FORCE", "NO_COLOR", "LC_CTYPE"]
    {
        command.env_remove(name);
    }
    let mut child = command.env("LC_ALL", "C.UTF-8").envs(variables.iter().copied()).spawn().unwrap();
    // The program may end before it reads: then its error is what the test looks at.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap()
}

pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn problem(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn token(tenant: &Running) -> String {
    let form = "grant_type=client_credentials&client_id=local-client&client_secret=local-secret";
    let answer = post_form(&format!("{}/oauth/token", tenant.value("domain")), &[], form).await;
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_pasted_token_of_the_local_tenant_fits_one_screen() {
    let tenant = Running::start(&[]);
    let (token, domain) = (token(&tenant).await, tenant.value("domain"));
    let variables = [("AUTH0_DOMAIN", domain.as_str()), ("AUTH0_AUDIENCE", AUDIENCE)];
    for input in [
        token.clone(),
        format!("Authorization: Bearer {token}\n"),
        format!("GET /orders HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer {token}\r\n\r\n"),
        format!("curl 'https://api.example.com/orders' -H 'authorization: Bearer {token}' --compressed"),
    ] {
        let output = check(&input, &[], &variables);
        let text = printed(&output);
        assert_eq!(output.status.code(), Some(0), "{text}{}", problem(&output));
        assert!(text.starts_with("✓ Accepted: valid for "), "{text}");
        // The last of 24 lines is the next prompt of the shell.
        assert!(text.lines().count() <= 23 && text.lines().all(|line| line.chars().count() <= 80), "{text}");
        let (_, signature) = token.rsplit_once('.').unwrap();
        assert!(!text.contains(signature) && !text.contains("local-client@clients"), "{text}");
    }
}

#[tokio::test]
async fn the_exit_status_is_that_of_the_outcome() {
    // No other test takes this port when the tenant has ended.
    let tenant = Running::start(&["--port", &free_address().port().to_string()]);
    let (token, domain) = (token(&tenant).await, tenant.value("domain"));
    let with = |flags: &[&str]| check(&token, flags, &[("AUTH0_DOMAIN", &domain)]);
    for (flags, status, start) in [
        (&["--audience", AUDIENCE][..], 0, "✓ Accepted"),
        (&["--audience", "https://other.example.com"], 1, "✗ Rejected (401 invalid_token, token_audience)"),
        (&["--audience", AUDIENCE, "--scope", "write:orders"], 1, "✗ Rejected (403 insufficient_scope, "),
        (&["--audience", AUDIENCE, "--at", "2100-01-01T00:00:00Z"], 1, "✗ Rejected (401 invalid_token, token_expired)"),
        (&["--audience", AUDIENCE, "--dpop", "require"], 1, "✗ Rejected (401 missing_credentials, scheme_not_offered)"),
        (&["--audience", AUDIENCE, "--algorithm", "ES256"], 1, "✗ Rejected (401 invalid_token, token_alg_not_allowed)"),
    ] {
        let output = with(flags);
        assert!(printed(&output).starts_with(start), "{}{}", printed(&output), problem(&output));
        assert_eq!(output.status.code(), Some(status), "{flags:?}");
    }
    let json: Value = serde_json::from_str(&printed(&with(&["--audience", "urn:other", "--json"]))).unwrap();
    assert_eq!(json["failure"]["label"], "token_audience");
    drop(tenant);
    let outage = with(&["--audience", AUDIENCE]);
    assert_eq!(outage.status.code(), Some(3), "{}", printed(&outage));
    let outage = printed(&outage).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(outage.starts_with("✗ Not judged (503 temporarily_unavailable, keys_unavailable): "), "{outage}");
    // Without keys, nothing was compared.
    assert!(!outage.contains(" found ") && outage.contains("cannot connect: "), "{outage}");
    assert!(outage.contains(" auth0-api doctor finds out why; "), "{outage}");
}

#[tokio::test]
async fn the_request_is_judged_with_the_settings_of_the_api() {
    let tenant = Running::start(&[]);
    let (token, domain) = (token(&tenant).await, tenant.value("domain"));
    let all = [("AUTH0_DOMAIN", domain.as_str()), ("AUTH0_AUDIENCE", AUDIENCE)];
    // The tenant issues tokens for a day.
    let after = (SystemClock.now() + Duration::from_secs(86_430)).duration_since(UNIX_EPOCH).unwrap();
    let after = after.as_secs().to_string();
    let at = ["--at", after.as_str()];
    for (flags, variable, status, told) in [
        (&[][..], ("AUTH0_AUDIENCE", "https://other.example.com,https://api.example.com"), 0, "✓ Accepted"),
        (&["--audience", "urn:other"], ("AUTH0_LEEWAY", "5s"), 1, "expected urn:other\n"),
        (&at, ("AUTH0_LEEWAY", "5m"), 0, "✓ Accepted"),
        (&at, ("AUTH0_LEEWAY", "5s"), 1, ", with a leeway of 5s\n"),
        (&[], ("AUTH0_REQUIRED_CLAIMS", "org_id"), 1, "✗ required_claims"),
        (&[], ("AUTH0_DPOP", "require"), 1, "scheme_not_offered"),
        (&[], ("DPOP", "require"), 1, "scheme_not_offered"),
        (&["--dpop", "accept"], ("DPOP", "require"), 0, "✓ Accepted"),
        (&[], ("AUTH0_ALGORITHMS", "ES256"), 1, "token_alg_not_allowed"),
        (&[], ("AUTH0_CLIENT_ID", "without-a-secret"), 0, "✓ Accepted"),
        (&[], ("AUTH0_LEEWAY", "5"), 2, "AUTH0_LEEWAY: \"5\" is not a time with its unit"),
    ] {
        let output = check(&token, flags, &[&all[..], &[variable]].concat());
        let text = printed(&output) + &problem(&output);
        assert_eq!(output.status.code(), Some(status), "{flags:?} {variable:?} {text}");
        assert!(text.contains(told), "{flags:?} {variable:?} {text}");
    }
}

#[tokio::test]
async fn a_key_set_from_a_file_needs_no_tenant() {
    let tenant = Running::start(&[]);
    let (token, domain) = (token(&tenant).await, tenant.value("domain"));
    let keys = get(&format!("{domain}/.well-known/jwks.json")).await.body;
    drop(tenant);
    let file = format!("{}/jwks-{}.json", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    std::fs::write(&file, keys).unwrap();
    let output = check(&token, &["--domain", &domain, "--audience", AUDIENCE, "--jwks", &file], &[]);
    std::fs::write(&file, "{}").unwrap();
    let without_keys = check(&token, &["--domain", &domain, "--audience", AUDIENCE, "--jwks", &file], &[]);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert_eq!(without_keys.status.code(), Some(2));
    assert!(problem(&without_keys).contains("the file holds no key set"));
}

#[test]
fn an_input_or_a_flag_that_cannot_be_used_is_explained() {
    let all = ["--domain", "tenant.example.com", "--audience", AUDIENCE];
    for (input, flags, start) in [
        ("", &all[..], "✗ standard input is empty"),
        ("a.b.c", &all[2..], "✗ the domain of the tenant is missing: set --domain"),
        ("a.b.c", &all[..2], "✗ the identifier of your API is missing: set --audience"),
        (
            "a.b.c",
            &[],
            "✗ the domain of the tenant is missing: set --domain or AUTH0_DOMAIN; the identifier of your API is",
        ),
        ("", &["eyJhush.b.c"], "✗ an argument contains a token: pass it on standard input"),
        ("", &["--at", "Bearer eyJhush.b.c"], "✗ an argument contains a token: pass it on standard input"),
        ("DPoP a.b.c", &all, "✗ a DPoP proof is made for one method and one URL"),
        ("a.b.c", &["--domain", "http://a.example", "--audience", "a"], "✗ the configuration is unusable: --domain: "),
        (
            "a.b.c",
            &[all[0], all[1], all[2], all[3], "--decryption-key", file!()],
            "✗ the configuration is unusable: --decryption-key: ",
        ),
        ("a.b.c", &["--at", "yesterday"], "error: invalid value 'yesterday' for '--at <TIME>': write 2026-11-27T"),
        ("a.b.c", &["--jwks", "/missing", all[0], all[1], all[2], all[3]], "✗ cannot read /missing: "),
    ] {
        let output = check(input, flags, &[]);
        // The program breaks long lines.
        let problem = problem(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(problem.starts_with(start), "{flags:?} {problem}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{flags:?}");
        assert!(!problem.contains("hush"), "{problem}");
    }
}

#[test]
fn colours_and_characters_are_those_of_the_terminal() {
    let flags = ["--domain", "tenant.example.com", "--audience", AUDIENCE];
    let with = |variables: &[(&str, &str)]| printed(&check("undefined", &flags, variables));
    assert!(with(&[]).starts_with("✗ Rejected (401 "));
    assert!(with(&[("CLICOLOR_FORCE", "1")]).starts_with("\u{1b}["));
    assert!(with(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).starts_with("✗ Rejected (401 "));
    let ascii = with(&[("LC_ALL", "C")]);
    assert!(ascii.starts_with("x Rejected (401 ") && ascii.is_ascii(), "{ascii}");
}
