//! Where the tenant listens, and the URL that clients call: hosts, a public URL, and TLS.

use std::io::ErrorKind;

use auth0_api_core::http::ReqwestClient;
use auth0_api_core::{Algorithm, ApiClient, ApiClientBuilder, ClientAuth, OnBehalfOf};
use auth0_api_testing::{Api, Application, Credential, LocalTenant, LocalTenantBuilder, SigningKey, status_and_label};
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use reqwest::{Certificate, Client, redirect};

use crate::caller::{get, part, post_form};
use crate::world::Form;

const NEXT: &str = "https://calendar.example.com";
const PUBLIC: &str = "https://login.example.com";

#[tokio::test]
async fn every_url_of_the_discovery_document_begins_with_the_public_url() {
    let tenant = LocalTenant::builder().public_url(PUBLIC).start().await.unwrap();
    assert_eq!((tenant.domain(), tenant.issuer()), (PUBLIC, "https://login.example.com/"));
    let document = get(&format!("{}/.well-known/openid-configuration", tenant.local_url())).await.json();
    assert_eq!(document["issuer"], "https://login.example.com/");
    for (name, value) in document.as_object().unwrap() {
        let value = value.as_str().unwrap_or_default();
        assert!(value.is_empty() || value.starts_with("https://login.example.com/"), "{name}: {value}");
    }
    assert_eq!(tenant.third_party_url("google-oauth2"), "https://login.example.com/third-party/google-oauth2");
}

#[tokio::test]
async fn proofs_and_assertions_name_the_public_url() {
    let key = SigningKey::generate(Algorithm::ES256);
    let job = Application::machine("job", Credential::private_key_jwt(&key));
    let tenant = LocalTenant::builder().public_url(PUBLIC).application(job).start().await.unwrap();
    let (endpoint, local) = (format!("{}/oauth/token", tenant.local_url()), tenant.local_url());
    let machine = Form::new(&[
        ("grant_type", "client_credentials"),
        ("client_id", tenant.client_id()),
        ("client_secret", tenant.client_secret()),
        ("audience", tenant.audience()),
    ]);
    let dpop = tenant.dpop_client();
    for (base, status) in [(PUBLIC, 200), (local, 400)] {
        let proof = dpop.proof("POST", &format!("{base}/oauth/token")).sign();
        let answer = post_form(&endpoint, &[("dpop", &proof)], &machine.body()).await;
        assert_eq!(answer.status, status, "{base}: {}", answer.body);
    }
    for (audience, status) in [("https://login.example.com/", 200), (local, 401)] {
        let assertion = tenant.mint().subject("job").claim("iss", "job").audience(audience).claim("jti", audience);
        let assertion = assertion.expires_in(std::time::Duration::from_secs(60)).key(&key).sign();
        let form = Form::new(&[
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &assertion),
            ("audience", tenant.audience()),
        ]);
        let answer = post_form(&endpoint, &[], &form.body()).await;
        assert_eq!(answer.status, status, "{audience}: {}", answer.body);
    }
}

#[tokio::test]
async fn localhost_is_the_issuer_and_listens_on_both_loopback_addresses() {
    let tenant = LocalTenant::builder().host("localhost").start().await.unwrap();
    let port = tenant.domain().strip_prefix("http://localhost:").unwrap();
    assert_eq!(tenant.issuer(), format!("http://localhost:{port}/"));
    for host in ["127.0.0.1", "localhost"] {
        let document = get(&format!("http://{host}:{port}/.well-known/openid-configuration")).await.json();
        assert_eq!(document["issuer"], tenant.issuer(), "{host}");
    }
    // A machine without IPv6 has no such address.
    if std::net::TcpListener::bind(("::1", 0)).is_ok() {
        let document = get(&format!("http://[::1]:{port}/.well-known/openid-configuration")).await.json();
        assert_eq!(document["issuer"], tenant.issuer());
    }
    let api = client(&tenant, ApiClientBuilder::insecure_http_loopback);
    assert_eq!(status_and_label(&api.verify_access_token(&tenant.mint().sign()).await), "200 accepted");
}

#[tokio::test]
async fn the_unspecified_address_is_reachable_by_the_url_that_the_tenant_states() {
    let tenant = LocalTenant::builder().host("0.0.0.0").start().await.unwrap();
    assert!(tenant.domain().starts_with("http://127.0.0.1:"), "{}", tenant.domain());
    assert_eq!(get(&format!("{}/.well-known/jwks.json", tenant.domain())).await.status, 200);
}

#[tokio::test]
async fn an_api_client_that_trusts_the_certificate_verifies_and_exchanges_tokens_over_tls() {
    for host in ["127.0.0.1", "localhost"] {
        let tenant = LocalTenant::builder().host(host).tls().api(Api::new(NEXT)).start().await.unwrap();
        let trusted = Certificate::from_pem(tenant.ca_certificate().unwrap().as_bytes()).unwrap();
        let http = Client::builder().tls_certs_only([trusted]).no_proxy().redirect(redirect::Policy::none());
        let http = ReqwestClient::with_client(http.build().unwrap());
        assert_eq!(tenant.domain(), tenant.local_url());
        let secret = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
        let api = client(&tenant, |builder| builder.http_client(http).client_auth(secret));
        let token = tenant.mint().subject("auth0|ada").sign();
        assert!(part(&token, 1)["iss"].as_str().unwrap().starts_with(&format!("https://{host}:")));
        let verified = api.verify_access_token(&token).await.unwrap();
        let tokens = api.get_token_on_behalf_of(&verified, OnBehalfOf::audience(NEXT)).await.unwrap();
        assert_eq!(part(tokens.access_token().expose(), 1)["sub"], "auth0|ada");
    }
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_certificate_does_not_connect() {
    let tenant = LocalTenant::builder().tls().start().await.unwrap();
    let another = LocalTenant::builder().tls().start().await.unwrap();
    let trusted = Certificate::from_pem(another.ca_certificate().unwrap().as_bytes()).unwrap();
    let client = Client::builder().tls_certs_only([trusted]).no_proxy().build().unwrap();
    let jwks = |tenant: &LocalTenant| format!("{}/.well-known/jwks.json", tenant.domain());
    assert!(client.get(jwks(&tenant)).send().await.is_err());
    assert_eq!(client.get(jwks(&another)).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn your_own_certificate_is_presented() {
    let authority = CertifiedIssuer::self_signed(
        {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            params
        },
        KeyPair::generate().unwrap(),
    )
    .unwrap();
    let key = KeyPair::generate().unwrap();
    let chain = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap().pem();
    let own = |chain: &str, key: &str| LocalTenant::builder().host("localhost").tls_certificate(chain, key);
    let tenant = own(&chain, &key.serialize_pem()).start().await.unwrap();
    assert_eq!(tenant.ca_certificate(), None);
    let trusted = Certificate::from_der(authority.der()).unwrap();
    let client = Client::builder().tls_certs_only([trusted]).no_proxy().build().unwrap();
    let answer = client.get(format!("{}/.well-known/jwks.json", tenant.domain())).send().await.unwrap();
    assert_eq!(answer.status(), 200);

    let other = KeyPair::generate().unwrap().serialize_pem();
    for (chain, key, problem) in [
        ("", key.serialize_pem(), "the file of the TLS certificate contains no certificate in PEM"),
        (&*chain, chain.clone(), "the file of the TLS key contains no private key in PEM"),
        (&*chain, other, "the TLS certificate and its key cannot be used together: "),
    ] {
        let error = own(chain, &key).start().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().starts_with(problem), "{error}");
    }
}

#[tokio::test]
async fn a_tenant_does_not_start_with_a_malformed_public_url() {
    let error = LocalTenant::builder().public_url("localhost").start().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.to_string(), "the public URL localhost must begin with http:// or https://");
    let builder: LocalTenantBuilder = LocalTenant::builder().host("no such host");
    assert!(builder.start().await.is_err());
}

fn client(tenant: &LocalTenant, options: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> ApiClient {
    options(ApiClient::builder(tenant.domain(), tenant.audience())).build().unwrap()
}
