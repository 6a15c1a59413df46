//! Step-up authentication (RFC 9470).

use auth0_api_core::{Requirement, StepUp};
use serde_json::json;

use super::{BEARER, DPOP, Setup};
use crate::world::{Rejected, get, rejection, seconds};

const STEP_UP: &str =
    r#"error="insufficient_user_authentication", error_description="a stronger or more recent login is needed here""#;

#[tokio::test]
async fn any_of_the_required_acr_values_is_accepted() {
    let setup = Setup::new().await;
    let requirement = Requirement::any_acr(["urn:mfa", "urn:hardware"]);
    for (acr, label) in [
        (json!("urn:mfa"), "met"),
        (json!("urn:hardware"), "met"),
        (json!("URN:MFA"), "requirement_step_up"),
        (json!("urn:mfa urn:hardware"), "requirement_step_up"),
        (json!(["urn:mfa"]), "requirement_step_up"),
        (json!(null), "requirement_step_up"),
    ] {
        assert_eq!(setup.label(&requirement, setup.mint().claim("acr", acr.clone())).await, label, "{acr}");
    }
    let token = setup.token(setup.mint()).await;
    assert_eq!(setup.rejection(&requirement, &token), step_up_required(r#"acr_values="urn:mfa urn:hardware""#));
}

#[tokio::test]
async fn a_login_older_than_max_age_is_rejected() {
    let setup = Setup::new().await;
    let requirement = Requirement::authenticated_within(seconds(300));
    let login = setup.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let token = setup.mint().claim("auth_time", login);
    for (passed, label) in [(0, "met"), (300, "met"), (1, "requirement_step_up")] {
        setup.world.pass(passed);
        assert_eq!(setup.label(&requirement, token.clone()).await, label, "{passed}");
    }
    let token = setup.token(token).await;
    assert_eq!(setup.rejection(&requirement, &token), step_up_required(r#"max_age="300""#));
    assert_eq!(
        requirement.check(&token).unwrap_err().hint().as_deref(),
        Some(
            "Auth0 does not write acr and auth_time into access tokens: let an Action add claims with other names, \
             and name them in StepUp"
        )
    );
}

#[tokio::test]
async fn a_token_tells_how_and_when_the_user_logged_in() {
    let setup = Setup::new().await;
    let login = setup.world.now() - seconds(60);
    let since_epoch = login.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let token = setup.token(setup.mint().claim("acr", "urn:mfa").claim("auth_time", since_epoch)).await;
    assert_eq!((token.acr(), token.authenticated_at()), (Some("urn:mfa"), Some(login)));
    let token = setup.token(setup.mint().claim("acr", 1).claim("auth_time", "now")).await;
    assert_eq!((token.acr(), token.authenticated_at()), (None, None));
}

#[tokio::test]
async fn the_age_of_a_login_is_measured_at_verification() {
    let setup = Setup::new().await;
    let login = setup.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let token = setup.token(setup.mint().claim("auth_time", login)).await;
    assert_eq!(token.verified_at(), setup.world.now());
    setup.world.pass(301);
    assert!(Requirement::authenticated_within(seconds(300)).check(&token).is_ok());
}

#[tokio::test]
async fn an_invalid_auth_time_is_rejected() {
    let setup = Setup::new().await;
    let requirement = Requirement::authenticated_within(seconds(1_000_000_000));
    for auth_time in [json!("1700000000"), json!(null), json!(-1), json!(253_402_300_800_u64), json!([1_700_000_000])] {
        let token = setup.mint().claim("auth_time", auth_time.clone());
        assert_eq!(setup.label(&requirement, token).await, "requirement_step_up", "{auth_time}");
    }
    assert_eq!(setup.label(&requirement, setup.mint()).await, "requirement_step_up");
    // The issuer's clock may run ahead by up to 60 s.
    let now = setup.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let requirement = Requirement::authenticated_within(seconds(0));
    for (ahead, label) in [(5, "met"), (60, "met"), (61, "requirement_step_up"), (86_400, "requirement_step_up")] {
        assert_eq!(setup.label(&requirement, setup.mint().claim("auth_time", now + ahead)).await, label, "{ahead}");
    }
}

#[tokio::test]
async fn one_challenge_contains_all_step_up_parameters_and_the_required_scopes() {
    let setup = Setup::new().await;
    let requirement = Requirement::authenticated_within(seconds(600))
        .and_scope("read:a read:b")
        .and(Requirement::any_acr(["urn:mfa", "urn:hardware"]))
        .and(Requirement::authenticated_within(seconds(300)));
    let login = setup.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let recent = || setup.mint().claim("auth_time", login);
    let parameters = r#"acr_values="urn:mfa urn:hardware", max_age="300", scope="read:a read:b""#;
    for token in [
        recent().scope("read:a read:b"),
        setup.mint().scope("read:a read:b").claim("acr", "urn:mfa"),
        recent().scope("read:a"),
    ] {
        let token = setup.token(token).await;
        assert_eq!(setup.rejection(&requirement, &token), step_up_required(parameters));
    }
    let token = recent().claim("acr", "urn:mfa");
    assert_eq!(setup.label(&requirement, token.clone()).await, "requirement_scope");
    assert_eq!(setup.label(&requirement, token.scope("read:b read:a")).await, "met");
}

#[tokio::test]
async fn acr_and_auth_time_can_be_read_from_other_claims() {
    let setup = Setup::new().await;
    let (acr, auth_time) = ("https://example.com/acr", "https://example.com/auth_time");
    let login = StepUp::new().any_acr(["urn:mfa"]).acr_claim(acr).max_age(seconds(300)).auth_time_claim(auth_time);
    let requirement = Requirement::step_up(login);
    let now = setup.world.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    for (token, label) in [
        (setup.mint().claim(acr, "urn:mfa").claim(auth_time, now - 300), "met"),
        (setup.mint().claim(acr, "urn:mfa").claim(auth_time, now - 301), "requirement_step_up"),
        (setup.mint().claim(acr, "urn:pwd").claim(auth_time, now), "requirement_step_up"),
        (setup.mint().claim("acr", "urn:mfa").claim("auth_time", now), "requirement_step_up"),
        (setup.mint().claim(acr, "urn:mfa"), "requirement_step_up"),
        (setup.mint().claim(auth_time, now), "requirement_step_up"),
    ] {
        assert_eq!(setup.label(&requirement, token).await, label);
    }
    let token = setup.token(setup.mint()).await;
    assert_eq!(setup.rejection(&requirement, &token), step_up_required(r#"acr_values="urn:mfa", max_age="300""#));
}

#[tokio::test]
async fn the_challenge_names_the_acr_values_common_to_two_lists() {
    let setup = Setup::new().await;
    let one = Requirement::any_acr(["urn:a", "urn:b", "urn:c"]);
    let token = setup.token(setup.mint()).await;
    let both = one.clone().and(Requirement::any_acr(["urn:c", "urn:b"]));
    assert_eq!(setup.rejection(&both, &token), step_up_required(r#"acr_values="urn:b urn:c""#));
    let neither = one.and(Requirement::acr("urn:d"));
    assert_eq!(setup.rejection(&neither, &token), step_up_required(r#"acr_values="urn:a urn:b urn:c""#));
}

#[tokio::test]
async fn the_challenge_of_the_used_scheme_contains_the_step_up_error() {
    let setup = Setup::new().await;
    let (holder, url) = (setup.world.tenant.token_holder(), "https://api.example.com/transfers");
    let (authorization, proof) = (holder.authorization(), holder.proof("GET", url).sign());
    let token = get(&setup.api, url, &[("authorization", &authorization), ("dpop", &proof)]).await.unwrap();
    let rejected = rejection(&setup.api, Requirement::acr("urn:mfa").check(&token).map(|()| token.clone()));
    let error = format!(r#"DPoP {STEP_UP}, acr_values="urn:mfa", algs="ES256""#);
    let challenges = vec![BEARER.to_owned(), error];
    assert_eq!(rejected, Rejected { status: 401, label: "requirement_step_up", challenges });
}

fn step_up_required(parameters: &str) -> Rejected {
    let challenges = vec![format!("{BEARER}, {STEP_UP}, {parameters}"), DPOP.to_owned()];
    Rejected { status: 401, label: "requirement_step_up", challenges }
}
