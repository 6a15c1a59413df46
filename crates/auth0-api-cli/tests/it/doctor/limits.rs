//! Limits of time, exit statuses, and the help.

use std::process::Command;
use std::time::Duration;

use auth0_api_testing::{Endpoint, Misbehaviour};

use super::setup::Setup;
use crate::PROGRAM;

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_with_an_outage_is_not_looked_at() {
    let setup = Setup::new().await;
    for (endpoint, name) in [(Endpoint::Discovery, "tenant_unavailable"), (Endpoint::Management, "record")] {
        setup.tenant.misbehave(endpoint, Misbehaviour::RateLimited { retry_after: Duration::from_secs(60) });
        let outcome = setup.run().await;
        assert!(outcome.faults().contains(&name), "{}", outcome.text);
        assert_eq!(outcome.status, 3, "{}", outcome.text);
        setup.tenant.behave();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_limit_ends_the_examination_and_keeps_what_was_found() {
    let setup = Setup::new().await.flag(&["--time-limit", "1"]);
    setup.tenant.misbehave(Endpoint::Discovery, Misbehaviour::Slow(Duration::from_secs(600)));
    let outcome = setup.run().await;
    assert_eq!((outcome.faults(), outcome.status), (vec!["time_limit"], 3), "{}", outcome.text);
    assert!(outcome.passed().contains(&"connection") && outcome.mends("time_limit").contains("--time-limit"));
}

#[test]
fn a_wrong_flag_is_a_usage_error() {
    for arguments in [["--algorithm", "HS256"], ["--time-limit", "0"], ["--management-token", "x"]] {
        let output = Command::new(PROGRAM).arg("doctor").args(arguments).env_clear().output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn the_help_teaches() {
    let output = Command::new(PROGRAM).args(["doctor", "--help"]).env_clear().output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for part in ["AUTH0_MANAGEMENT_TOKEN_FILE", "EXAMPLES", "EXIT STATUS\n  0  no problem", "[default: 30]"] {
        assert!(help.contains(part), "{part}: {help}");
    }
    assert!(help.lines().all(|line| line.chars().count() <= 80), "{help}");
}

#[test]
fn without_settings_the_text_names_the_variables() {
    let output = Command::new(PROGRAM).arg("doctor").env_clear().output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("    api:     set AUTH0_DOMAIN to the domain of the tenant, "), "{text}");
    assert!(text.ends_with("2 problems, 0 warnings, 1 not looked at\n"), "{text}");
}
