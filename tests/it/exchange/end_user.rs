//! The address of the end user in `auth0-forwarded-for`.

use std::net::IpAddr;

use auth0_api_core::exchange::{Grant, GrantRequest, InputError, ServerErrorKind};
use auth0_api_core::jose::PrivateKey;
use auth0_api_core::{
    ApiClient, ApiClientBuilder, ClientAuth, Connection, ExchangeProfile, OnBehalfOf, ReceivedTarget, SubjectToken,
    TokenRequest, TrustedProxies,
};
use auth0_api_testing::{Api, Application, Credential, ExchangeRejection, Exchanged, LocalTenant, ManualClock, User};

use super::scene::{CALENDAR, P256, Scene, header, server_error};
use super::scripted::{later, tokens};
use crate::log::Log;

const ADA: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const EVE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));

fn calendar() -> OnBehalfOf {
    OnBehalfOf::audience(CALENDAR)
}

fn session() -> ExchangeProfile {
    ExchangeProfile::new("urn:acme:legacy-session", CALENDAR)
}

/// The address in the last token request.
fn sent(scene: &Scene) -> Option<String> {
    header(&scene.last_request(), "auth0-forwarded-for").map(str::to_owned)
}

struct OwnGrant;

impl Grant for OwnGrant {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        Ok(GrantRequest::new("urn:acme:grant").end_user_address(ADA))
    }
}

#[tokio::test]
async fn every_flow_sends_the_address_that_it_is_given() {
    let scene = Scene::with(ApiClientBuilder::forward_end_user_address);
    let caller = scene.caller("auth0|ada").await;
    scene.api.get_token_on_behalf_of(&caller, calendar().end_user_address(ADA)).await.unwrap();
    assert_eq!(sent(&scene).as_deref(), Some("192.0.2.1"));

    let six: IpAddr = "2001:db8::1".parse().unwrap();
    let github = Connection::name("github").end_user_address(six);
    scene.api.get_access_token_for_connection(&caller, github).await.unwrap();
    assert_eq!(sent(&scene).as_deref(), Some("2001:db8::1"));

    let subject = || SubjectToken::unverified("legacy");
    scene.api.get_token_by_exchange_profile(subject(), session().end_user_address(Some(EVE))).await.unwrap();
    assert_eq!(sent(&scene).as_deref(), Some("198.51.100.7"));

    scene.api.exchange(&OwnGrant).await.unwrap();
    assert_eq!(sent(&scene).as_deref(), Some("192.0.2.1"));

    // The discovery document is the same for all users.
    assert_eq!(header(&scene.discovery.requests().pop().unwrap(), "auth0-forwarded-for"), None);
    // The address does not become a form field, where the Action would see it.
    assert!(scene.last_form().values().all(|value| value != "192.0.2.1"));

    scene.api.get_token_by_exchange_profile(subject(), session()).await.unwrap();
    assert_eq!(sent(&scene), None);
    scene.api.get_token_by_exchange_profile(subject(), session().end_user_address(None)).await.unwrap();
    assert_eq!(sent(&scene), None);
}

#[tokio::test]
async fn without_the_setting_no_address_is_sent() {
    let scene = Scene::new();
    let caller = scene.caller("auth0|ada").await;
    scene.api.get_token_on_behalf_of(&caller, calendar().end_user_address(ADA)).await.unwrap();
    assert_eq!(sent(&scene), None);
}

#[tokio::test]
async fn clients_with_each_method_of_authentication_send_it() {
    for auth in [
        ClientAuth::secret_post("api-client", "api-secret"),
        ClientAuth::secret_basic("api-client", "api-secret"),
        ClientAuth::private_key_jwt("api-client", PrivateKey::from_jwk(P256).unwrap()),
        ClientAuth::tls("api-client"),
    ] {
        let scene = Scene::with(|builder| builder.client_auth(auth).forward_end_user_address());
        let profile = session().end_user_address(ADA);
        scene.api.get_token_by_exchange_profile(SubjectToken::unverified("legacy"), profile).await.unwrap();
        assert_eq!(sent(&scene).as_deref(), Some("192.0.2.1"));
    }
}

#[tokio::test]
async fn a_retry_sends_the_address_again() {
    let scene = Scene::with(ApiClientBuilder::forward_end_user_address);
    scene.tokens.answer([later(429, 0), tokens("second")]);
    let caller = scene.caller("auth0|ada").await;
    scene.api.get_token_on_behalf_of(&caller, calendar().end_user_address(ADA)).await.unwrap();
    let sent: Vec<_> = scene
        .tokens
        .requests()
        .iter()
        .map(|request| header(request, "auth0-forwarded-for").map(str::to_owned))
        .collect();
    assert_eq!(sent, [Some("192.0.2.1".to_owned()), Some("192.0.2.1".to_owned())]);
}

#[tokio::test]
async fn a_user_whose_address_changes_still_gets_the_cached_answer() {
    let scene = Scene::with(ApiClientBuilder::forward_end_user_address);
    let caller = scene.caller("auth0|ada").await;
    for address in [Some(ADA), Some(EVE), None] {
        let asked = calendar().end_user_address(address);
        let tokens = scene.api.get_token_on_behalf_of(&caller, asked).await.unwrap();
        assert_eq!(tokens.access_token().expose(), "new-token");
    }
    assert_eq!(scene.sent(), 1);
    assert_eq!(sent(&scene).as_deref(), Some("192.0.2.1"));

    // Another user does not get this answer, whatever the address.
    let other = scene.caller("auth0|eve").await;
    scene.api.get_token_on_behalf_of(&other, calendar().end_user_address(ADA)).await.unwrap();
    assert_eq!(scene.sent(), 2);
}

#[tokio::test]
async fn an_unknown_address_is_logged_with_its_reason_and_without_addresses() {
    let setting = |builder: ApiClientBuilder| {
        builder.forward_end_user_address().trusted_proxies(TrustedProxies::networks(["10.0.0.0/8"]).unwrap())
    };
    let scene = Scene::with(setting);
    let (log, subscribed) = Log::subscribe();
    let address = |peer: Option<[u8; 4]>, headers: &[(&str, &str)]| {
        let peer = peer.map(IpAddr::from);
        let target = ReceivedTarget { scheme: "https", authority: None, target: "/orders", peer };
        scene.api.end_user_address(&TokenRequest::received("GET", target, &headers.to_vec()))
    };
    let spoofed = [("x-forwarded-for", "198.51.100.7, 192.0.2.1"), ("forwarded", "for=198.51.100.7")];
    assert_eq!(address(Some([10, 0, 0, 1]), &spoofed), None);
    assert_eq!(address(None, &spoofed), None);
    assert_eq!(address(Some([10, 0, 0, 1]), &spoofed[..1]), Some(ADA));
    // A request that is described by its URL has no peer.
    assert_eq!(scene.api.end_user_address(&TokenRequest::new("GET", "https://api.example.com/", &spoofed)), None);
    drop(subscribed);

    let (events, texts) = log.read();
    assert_eq!(events, ["end_user_address_unknown"; 3]);
    assert!(texts.contains("Forwarded and X-Forwarded-For state different addresses"), "{texts}");
    assert!(texts.contains("the server did not provide the address of its peer"), "{texts}");
    assert!(!texts.contains("198.51.100.7") && !texts.contains("192.0.2.1"), "{texts}");
}

#[tokio::test]
async fn the_tenant_locks_out_the_address_of_the_attacker_and_nobody_else() {
    let clock = ManualClock::new();
    let application = |id: &str| Application::machine(id, Credential::secret_post("secret"));
    let tenant = LocalTenant::builder()
        .clock(clock.clone())
        .api(Api::new(CALENDAR))
        .application(application("trusting").trust_forwarded_address())
        .application(application("ignoring"))
        .exchange_profile("urn:acme:legacy-session", |request| match request.subject_token() {
            "of-ada" => Ok(Exchanged::user(User::new("auth0|ada"))),
            _ => Err(ExchangeRejection::reject_subject_token("no such session")),
        })
        .start()
        .await
        .unwrap();
    let client = |id: &str| -> ApiClient {
        let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
        let auth = ClientAuth::secret_post(id, "secret");
        builder.clock(clock.clone()).client_auth(auth).forward_end_user_address().build().unwrap()
    };
    let ask = async |api: &ApiClient, subject: &str, address: IpAddr| {
        let profile = session().end_user_address(address);
        let outcome = api.get_token_by_exchange_profile(SubjectToken::unverified(subject), profile).await;
        outcome.map(drop).map_err(|error| server_error(Err(error)).unwrap().kind())
    };

    let api = client("trusting");
    for _ in 0..10 {
        assert_eq!(ask(&api, "guess", EVE).await, Err(ServerErrorKind::SubjectRejected));
    }
    assert_eq!(ask(&api, "guess", EVE).await, Err(ServerErrorKind::TooManyAttempts));
    assert_eq!(ask(&api, "of-ada", ADA).await, Ok(()));

    // An application without the setting in the tenant: the attacker locks everybody out.
    let api = client("ignoring");
    for _ in 0..10 {
        assert_eq!(ask(&api, "guess", EVE).await, Err(ServerErrorKind::SubjectRejected));
    }
    assert_eq!(ask(&api, "of-ada", ADA).await, Err(ServerErrorKind::TooManyAttempts));
}
