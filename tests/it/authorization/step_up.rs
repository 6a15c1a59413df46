//! Step-up authentication (RFC 9470).

use auth0_api_core::{Requirement, StepUp};
use serde_json::json;

use super::{BEARER, DPOP, Desk};
use crate::world::{Holder, Rejected, get, rejection, seconds};

const STEP_UP: &str =
    r#"error="insufficient_user_authentication", error_description="a stronger or more recent login is needed here""#;

#[tokio::test]
async fn the_acr_is_one_of_those_that_are_taken() {
    let desk = Desk::new().await;
    let requirement = Requirement::any_acr(["urn:mfa", "urn:hardware"]);
    for (acr, label) in [
        (json!("urn:mfa"), "met"),
        (json!("urn:hardware"), "met"),
        (json!("URN:MFA"), "requirement_step_up"),
        (json!("urn:mfa urn:hardware"), "requirement_step_up"),
        (json!(["urn:mfa"]), "requirement_step_up"),
        (json!(null), "requirement_step_up"),
    ] {
        assert_eq!(desk.label(&requirement, desk.mint().claim("acr", acr.clone())).await, label, "{acr}");
    }
    let token = desk.token(desk.mint()).await;
    assert_eq!(desk.rejection(&requirement, &token), told(r#"acr_values="urn:mfa urn:hardware""#));
}

#[tokio::test]
async fn the_login_is_at_most_so_long_ago_by_the_clients_clock() {
    let desk = Desk::new().await;
    let requirement = Requirement::authenticated_within(seconds(300));
    let login = desk.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let token = desk.mint().claim("auth_time", login);
    for (passed, label) in [(0, "met"), (300, "met"), (1, "requirement_step_up")] {
        desk.world.pass(passed);
        assert_eq!(desk.label(&requirement, token.clone()).await, label, "{passed}");
    }
    let token = desk.token(token).await;
    assert_eq!(desk.rejection(&requirement, &token), told(r#"max_age="300""#));
    assert_eq!(
        requirement.check(&token).unwrap_err().hint(),
        Some(
            "Auth0 writes no acr and auth_time into access tokens: let an Action write claims of your own, see StepUp"
        )
    );
}

#[tokio::test]
async fn a_token_keeps_the_moment_it_was_verified_at() {
    let desk = Desk::new().await;
    let login = desk.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let token = desk.token(desk.mint().claim("auth_time", login)).await;
    assert_eq!(token.verified_at(), desk.world.now());
    desk.world.pass(301);
    assert!(Requirement::authenticated_within(seconds(300)).check(&token).is_ok());
}

#[tokio::test]
async fn a_login_that_is_no_time_is_no_login() {
    let desk = Desk::new().await;
    let requirement = Requirement::authenticated_within(seconds(1_000_000_000));
    for auth_time in [json!("1700000000"), json!(null), json!(-1), json!(253_402_300_800_u64), json!([1_700_000_000])] {
        let token = desk.mint().claim("auth_time", auth_time.clone());
        assert_eq!(desk.label(&requirement, token).await, "requirement_step_up", "{auth_time}");
    }
    assert_eq!(desk.label(&requirement, desk.mint()).await, "requirement_step_up");
    // By the clock of the issuer, which is a little fast.
    let now = desk.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let requirement = Requirement::authenticated_within(seconds(0));
    for (ahead, label) in [(5, "met"), (60, "met"), (61, "requirement_step_up"), (86_400, "requirement_step_up")] {
        assert_eq!(desk.label(&requirement, desk.mint().claim("auth_time", now + ahead)).await, label, "{ahead}");
    }
}

#[tokio::test]
async fn one_challenge_tells_all_of_it_scopes_included_if_they_are_lacking() {
    let desk = Desk::new().await;
    let requirement = Requirement::authenticated_within(seconds(600))
        .and_scope("read:a read:b")
        .and(Requirement::any_acr(["urn:mfa", "urn:hardware"]))
        .and(Requirement::authenticated_within(seconds(300)));
    let login = desk.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let recent = || desk.mint().claim("auth_time", login);
    for (token, parameters) in [
        (recent().scope("read:a read:b"), r#"acr_values="urn:mfa urn:hardware", max_age="300""#),
        (
            desk.mint().scope("read:a read:b").claim("acr", "urn:mfa"),
            r#"acr_values="urn:mfa urn:hardware", max_age="300""#,
        ),
        (recent().scope("read:a"), r#"acr_values="urn:mfa urn:hardware", max_age="300", scope="read:a read:b""#),
    ] {
        let token = desk.token(token).await;
        assert_eq!(desk.rejection(&requirement, &token), told(parameters));
    }
    let token = recent().claim("acr", "urn:mfa");
    assert_eq!(desk.label(&requirement, token.clone()).await, "requirement_scope");
    assert_eq!(desk.label(&requirement, token.scope("read:b read:a")).await, "met");
}

#[tokio::test]
async fn claims_of_any_name_say_how_and_when() {
    let desk = Desk::new().await;
    let (acr, auth_time) = ("https://example.com/acr", "https://example.com/auth_time");
    let login = StepUp::new().any_acr(["urn:mfa"]).acr_claim(acr).max_age(seconds(300)).auth_time_claim(auth_time);
    let requirement = Requirement::step_up(login);
    let now = desk.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for (token, label) in [
        (desk.mint().claim(acr, "urn:mfa").claim(auth_time, now - 300), "met"),
        (desk.mint().claim(acr, "urn:mfa").claim(auth_time, now - 301), "requirement_step_up"),
        (desk.mint().claim(acr, "urn:pwd").claim(auth_time, now), "requirement_step_up"),
        (desk.mint().claim("acr", "urn:mfa").claim("auth_time", now), "requirement_step_up"),
        (desk.mint().claim(acr, "urn:mfa"), "requirement_step_up"),
        (desk.mint().claim(auth_time, now), "requirement_step_up"),
    ] {
        assert_eq!(desk.label(&requirement, token).await, label);
    }
    let token = desk.token(desk.mint()).await;
    assert_eq!(desk.rejection(&requirement, &token), told(r#"acr_values="urn:mfa", max_age="300""#));
}

#[tokio::test]
async fn of_two_lists_of_acrs_what_is_in_both_is_told() {
    let desk = Desk::new().await;
    let one = Requirement::any_acr(["urn:a", "urn:b", "urn:c"]);
    let token = desk.token(desk.mint()).await;
    let both = one.clone().and(Requirement::any_acr(["urn:c", "urn:b"]));
    assert_eq!(desk.rejection(&both, &token), told(r#"acr_values="urn:b urn:c""#));
    let neither = one.and(Requirement::acr("urn:d"));
    assert_eq!(desk.rejection(&neither, &token), told(r#"acr_values="urn:a urn:b urn:c""#));
}

#[tokio::test]
async fn the_scheme_that_was_used_carries_it() {
    let desk = Desk::new().await;
    let (holder, url) = (Holder::new(&desk.world), "https://api.example.com/transfers");
    let (authorization, proof) = (holder.authorization(), holder.proof(url).sign());
    let token = get(&desk.api, url, &[("authorization", &authorization), ("dpop", &proof)]).await.unwrap();
    let rejected = rejection(&desk.api, Requirement::acr("urn:mfa").check(&token).map(|()| token.clone()));
    let error = format!(r#"DPoP {STEP_UP}, acr_values="urn:mfa", algs="ES256""#);
    let challenges = vec![BEARER.to_owned(), error];
    assert_eq!(rejected, Rejected { status: 401, label: "requirement_step_up", challenges });
}

fn told(parameters: &str) -> Rejected {
    let challenges = vec![format!("{BEARER}, {STEP_UP}, {parameters}"), DPOP.to_owned()];
    Rejected { status: 401, label: "requirement_step_up", challenges }
}
