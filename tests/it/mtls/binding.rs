//! Certificate-bound tokens, with the certificate of the connection.

use auth0_api_core::{ApiClient, Binding, CertificateSource, ClientCertificate, DpopPolicy};
use auth0_api_testing::{TestWorld, status_and_label};
use serde_json::json;

use super::{DER, OTHER_DER, bound, present};
use crate::world::{Rejected, invalid_token, rejection};

const PEER: &str = "192.0.2.1";
const URL: &str = "https://api.example.com/orders";

fn api(world: &TestWorld, policy: DpopPolicy) -> ApiClient {
    world.builder().client_certificates(CertificateSource::of_connection()).dpop(policy).build().unwrap()
}

#[tokio::test]
async fn a_bound_token_with_its_certificate_is_accepted_as_mtls() {
    let world = TestWorld::start().await;
    let authorization = bound(&world);
    let lenient = DpopPolicy::ignore().accept_bound_tokens_as_bearer();
    for policy in [DpopPolicy::accept(), DpopPolicy::ignore(), lenient] {
        let headers = [("authorization", authorization.as_str())];
        let token = present(&api(&world, policy), Some(DER), PEER, &headers).await.unwrap();
        let thumbprint = ClientCertificate::from_der(DER).thumbprint();
        assert_eq!(token.binding(), Binding::Mtls { thumbprint });
        assert_eq!((token.binding().certificate(), token.binding().key()), (Some(thumbprint), None));
    }
}

#[tokio::test]
async fn a_missing_and_a_different_certificate_are_rejected_with_their_own_labels() {
    let world = TestWorld::start().await;
    let api = api(&world, DpopPolicy::accept());
    let authorization = bound(&world);
    let rejected = |label, description| {
        let error = format!(r#"Bearer realm="api", error="invalid_token", error_description="{description}""#);
        invalid_token(label, &error)
    };
    for (certificate, expected) in [
        (
            Some(OTHER_DER),
            rejected("mtls_certificate_mismatch", "the access token is bound to another client certificate"),
        ),
        (
            None,
            rejected(
                "mtls_certificate_missing",
                "the access token is bound to a client certificate and none was presented",
            ),
        ),
    ] {
        let outcome = present(&api, certificate, PEER, &[("authorization", &authorization)]).await;
        assert!(outcome.as_ref().unwrap_err().hint().is_some());
        assert_eq!(rejection(&api, outcome), expected);
    }
}

#[tokio::test]
async fn a_certificate_is_ignored_unless_configured() {
    let world = TestWorld::start().await;
    let outcome = present(&world.api, Some(DER), PEER, &[("authorization", &bound(&world))]).await;
    assert_eq!(status_and_label(&outcome), "401 cnf_certificate");
}

#[tokio::test]
async fn a_raw_token_has_no_certificate() {
    let world = TestWorld::start().await;
    let token = world.tenant.mint().bound_to_certificate(DER).sign();
    let outcome = api(&world, DpopPolicy::accept()).verify_access_token(&token).await;
    assert_eq!(status_and_label(&outcome), "401 mtls_certificate_missing");
}

#[tokio::test]
async fn an_unbound_token_is_accepted_with_and_without_a_certificate() {
    let world = TestWorld::start().await;
    let api = api(&world, DpopPolicy::accept());
    let authorization = format!("Bearer {}", world.tenant.mint().sign());
    for certificate in [None, Some(DER)] {
        let token = present(&api, certificate, PEER, &[("authorization", &authorization)]).await.unwrap();
        assert_eq!(token.binding(), Binding::Bearer);
    }
}

#[tokio::test]
async fn a_token_bound_to_a_key_and_a_certificate_needs_both() {
    let world = TestWorld::start().await;
    let mut holder = world.tenant.token_holder();
    let certificate = ClientCertificate::from_der(DER).thumbprint();
    let cnf = json!({ "jkt": holder.key.thumbprint().to_string(), "x5t#S256": certificate.to_string() });
    holder.token = world.tenant.mint().claim("cnf", cnf).sign();
    let api = api(&world, DpopPolicy::accept());
    let (as_dpop, as_bearer) = (holder.authorization(), format!("Bearer {}", holder.token));
    let proof = holder.proof("GET", URL).sign();
    let both = [("authorization", as_dpop.as_str()), ("dpop", &proof)];

    let token = present(&api, Some(DER), PEER, &both).await.unwrap();
    assert_eq!(token.binding(), Binding::DpopAndMtls { certificate, key: holder.key.thumbprint() });

    let another = holder.proof("GET", "https://api.example.com/other").sign();
    for (certificate, headers, expected) in [
        (None, vec![("authorization", as_dpop.as_str()), ("dpop", &proof)], "401 mtls_certificate_missing"),
        (Some(OTHER_DER), vec![("authorization", &as_dpop), ("dpop", &proof)], "401 mtls_certificate_mismatch"),
        (Some(DER), vec![("authorization", &as_dpop)], "400 dpop_proof_missing"),
        (Some(DER), vec![("authorization", &as_dpop), ("dpop", &another)], "401 dpop_htu_mismatch"),
        (Some(DER), vec![("authorization", &as_bearer)], "401 dpop_downgrade"),
    ] {
        assert_eq!(status_and_label(&present(&api, certificate, PEER, &headers).await), expected, "{headers:?}");
    }
}

#[tokio::test]
async fn a_certificate_bound_token_is_rejected_with_a_dpop_proof() {
    let world = TestWorld::start().await;
    let api = api(&world, DpopPolicy::accept());
    let holder = world.tenant.token_holder();
    let token = world.tenant.mint().bound_to_certificate(DER).sign();
    let proof = holder.key.proof("GET", URL).access_token(&token).sign();
    let headers = [("authorization", &*format!("DPoP {token}")), ("dpop", &proof)];
    assert_eq!(status_and_label(&present(&api, Some(DER), PEER, &headers).await), "401 dpop_not_bound");
    let headers = [("authorization", &*format!("Bearer {token}")), ("dpop", &proof)];
    assert_eq!(status_and_label(&present(&api, Some(DER), PEER, &headers).await), "400 dpop_proof_with_bearer");
}

#[tokio::test]
async fn a_certificate_does_not_replace_a_required_dpop_proof() {
    let world = TestWorld::start().await;
    let api = api(&world, DpopPolicy::require());
    let outcome = present(&api, Some(DER), PEER, &[("authorization", &bound(&world))]).await;
    let expected =
        Rejected { status: 401, label: "scheme_not_offered", challenges: vec![r#"DPoP algs="ES256""#.to_owned()] };
    assert_eq!(rejection(&api, outcome), expected);
}
