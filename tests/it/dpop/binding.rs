//! The binding of a token (`cnf`), in each DPoP mode.

use auth0_api_core::{Binding, DpopPolicy};
use auth0_api_testing::{TestWorld, status_and_label};
use serde_json::{Value, json};

use super::URL;
use crate::world::{get, invalid_token, rejection};

#[tokio::test]
async fn a_bound_token_with_its_proof_is_accepted_as_dpop() {
    let world = TestWorld::start().await;
    let holder = world.tenant.token_holder();
    for policy in [DpopPolicy::accept(), DpopPolicy::require()] {
        let token =
            holder.get(&world.builder().dpop(policy).build().unwrap(), URL, &holder.proof("GET", URL)).await.unwrap();
        assert_eq!(token.binding(), Binding::Dpop { thumbprint: holder.key.thumbprint() });
        assert_eq!(token.next_nonce(), None);
    }
}

#[tokio::test]
async fn the_scheme_ignores_case() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    for scheme in ["DPoP", "dpop", "DPOP"] {
        let authorization = format!("{scheme} {}", holder.token);
        let headers = [("authorization", authorization.as_str()), ("dpop", &holder.proof("GET", URL).sign())];
        assert_eq!(status_and_label(&get(&api, URL, &headers).await), "200 accepted", "{scheme}");
    }
}

#[tokio::test]
async fn unknown_cnf_members_beside_a_proven_jkt_are_ignored() {
    let world = TestWorld::start().await;
    let (api, mut holder) = (world.api.clone(), world.tenant.token_holder());
    let jkt = holder.key.thumbprint().to_string();
    holder.token = world.tenant.mint().claim("cnf", json!({ "kid": "k", "jkt": jkt, "x": { "y": 1 } })).sign();
    assert_eq!(status_and_label(&holder.get(&api, URL, &holder.proof("GET", URL)).await), "200 accepted");
}

#[tokio::test]
async fn an_unprovable_cnf_is_rejected_in_every_scheme_and_mode() {
    let world = TestWorld::start().await;
    let jkt = world.tenant.dpop_client().thumbprint().to_string();
    let certificate = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg0";
    let table: [(Value, &str); 15] = [
        (json!({ "x5t#S256": certificate }), "401 cnf_certificate"),
        (json!({ "x5t#S256": certificate, "jkt": jkt }), "401 cnf_certificate"),
        (json!({ "x5t#S256": "short" }), "401 cnf_malformed"),
        // The example of RFC 8705 §3.1: the unused bits of its last character are not zero.
        (json!({ "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" }), "401 cnf_malformed"),
        (json!({ "x5t#S256": 5 }), "401 cnf_malformed"),
        (json!({ "x5t#S256": null, "jkt": jkt }), "401 cnf_malformed"),
        (json!({}), "401 cnf_unknown"),
        (json!({ "kid": "k" }), "401 cnf_unknown"),
        (json!({ "jwk": {} }), "401 cnf_unknown"),
        (json!(null), "401 cnf_malformed"),
        (json!(jkt), "401 cnf_malformed"),
        (json!([jkt]), "401 cnf_malformed"),
        (json!({ "jkt": 5 }), "401 cnf_malformed"),
        (json!({ "jkt": "short" }), "401 cnf_malformed"),
        (json!({ "jkt": format!("{jkt}=") }), "401 cnf_malformed"),
    ];
    for (cnf, expected) in table {
        let mut holder = world.tenant.token_holder();
        holder.token = world.tenant.mint().claim("cnf", cnf.clone()).sign();
        let bearer = format!("Bearer {}", holder.token);
        for policy in [DpopPolicy::accept(), DpopPolicy::ignore(), DpopPolicy::ignore().accept_bound_tokens_as_bearer()]
        {
            let outcome = get(&world.builder().dpop(policy).build().unwrap(), URL, &[("authorization", &bearer)]).await;
            assert_eq!(status_and_label(&outcome), expected, "{cnf}");
        }
        let outcome = holder.get(&world.api, URL, &holder.proof("GET", URL)).await;
        assert_eq!(status_and_label(&outcome), expected, "{cnf}");
    }
}

#[tokio::test]
async fn a_bound_token_is_rejected_even_when_dpop_is_ignored() {
    let world = TestWorld::start().await;
    let holder = world.tenant.token_holder();
    let bearer = format!("Bearer {}", holder.token);
    let outcome =
        get(&world.builder().dpop(DpopPolicy::ignore()).build().unwrap(), URL, &[("authorization", &bearer)]).await;
    assert_eq!(status_and_label(&outcome), "401 dpop_downgrade");

    let lenient = world.builder().dpop(DpopPolicy::ignore().accept_bound_tokens_as_bearer()).build().unwrap();
    let token = get(&lenient, URL, &[("authorization", &bearer)]).await.unwrap();
    assert_eq!(token.binding(), Binding::Bearer);
    let outcome = holder.get(&lenient, URL, &holder.proof("GET", URL)).await;
    assert_eq!(status_and_label(&outcome), "401 scheme_not_offered");
}

#[tokio::test]
async fn proofs_are_not_read_when_dpop_is_ignored() {
    let world = TestWorld::start().await;
    let api = world.builder().dpop(DpopPolicy::ignore()).build().unwrap();
    let bearer = format!("Bearer {}", world.tenant.mint().sign());
    for proofs in [&[][..], &[("dpop", "")], &[("dpop", "nonsense")], &[("dpop", "a"), ("dpop", "b, c")]] {
        let headers = [&[("authorization", bearer.as_str())], proofs].concat();
        assert_eq!(status_and_label(&get(&api, URL, &headers).await), "200 accepted");
    }
}

#[tokio::test]
async fn a_raw_token_is_verified_as_bearer() {
    let world = TestWorld::start().await;
    let (plain, bound) = (world.tenant.mint().sign(), world.tenant.token_holder().token);
    for (policy, of_plain, of_bound) in [
        (DpopPolicy::accept(), "200 accepted", "401 dpop_downgrade"),
        (DpopPolicy::require(), "401 scheme_not_offered", "401 scheme_not_offered"),
        (DpopPolicy::ignore(), "200 accepted", "401 dpop_downgrade"),
        (DpopPolicy::ignore().accept_bound_tokens_as_bearer(), "200 accepted", "200 accepted"),
    ] {
        let api = world.builder().dpop(policy).build().unwrap();
        assert_eq!(status_and_label(&api.verify_access_token(&plain).await), of_plain);
        assert_eq!(status_and_label(&api.verify_access_token(&bound).await), of_bound);
    }
}

#[tokio::test]
async fn the_token_is_checked_before_its_proof() {
    let world = TestWorld::start().await;
    let (api, holder) = (world.api.clone(), world.tenant.token_holder());
    let expired = holder.key.holding(world.tenant.mint().bound_to(&holder.key).expires_at(world.now()).sign());
    let headers = [("authorization", &*expired.authorization()), ("dpop", "nonsense")];
    let error = get(&api, URL, &headers).await.unwrap_err();
    let challenge = r#"DPoP error="invalid_token", error_description="the access token has expired", algs="ES256""#;
    let mut expected = invalid_token("token_expired", r#"Bearer realm="api""#);
    expected.challenges = vec![r#"Bearer realm="api""#.to_owned(), challenge.to_owned()];
    assert_eq!(rejection(&api, Err(error)), expected);
}
