//! The flows with a local tenant that checks the token requests.

use std::time::Duration;

use auth0_api_core::exchange::{ProofKey, ServerErrorKind, TokenType, VaultSubject};
use auth0_api_core::jose::PrivateKey;
use auth0_api_core::{
    Actor, Algorithm, ApiClient, ClientAuth, Connection, ExchangeError, ExchangeProfile, OnBehalfOf, SubjectToken,
    TokenRequest, VerifiedToken,
};
use auth0_api_testing::{
    Api, Application, Credential, Endpoint, ExchangeRejection, Exchanged, LinkedAccount, LocalTenant,
    LocalTenantBuilder, ManualClock, Misbehaviour, User,
};
use serde_json::json;

use super::scene::{CALENDAR, P256, server_error};

struct Setup {
    tenant: LocalTenant,
    clock: ManualClock,
    api: ApiClient,
}

impl Setup {
    async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    async fn with(configure: impl FnOnce(LocalTenantBuilder) -> LocalTenantBuilder) -> Self {
        let clock = ManualClock::new();
        let builder = LocalTenant::builder().clock(clock.clone()).api(Api::new(CALENDAR).scopes(["read:events"]));
        let tenant = configure(builder).start().await.unwrap();
        let auth = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
        let api = client(&tenant, &clock, auth);
        Self { tenant, clock, api }
    }

    async fn ada(&self) -> VerifiedToken {
        self.api.verify_access_token(&self.tenant.mint().subject(ADA).sign()).await.unwrap()
    }

    /// Returns a client for the calendar API, which receives exchanged tokens.
    fn calendar(&self) -> ApiClient {
        let builder = ApiClient::builder(self.tenant.domain(), CALENDAR);
        builder.insecure_http_loopback().clock(self.clock.clone()).build().unwrap()
    }

    async fn vault(&self, connection: Connection) -> Result<String, ServerErrorKind> {
        match self.api.get_access_token_for_connection(&self.ada().await, connection).await {
            Ok(tokens) => Ok(tokens.scope().unwrap_or_default().to_owned()),
            rejected => Err(server_error(rejected).unwrap().kind()),
        }
    }
}

fn client(tenant: &LocalTenant, clock: &ManualClock, auth: ClientAuth) -> ApiClient {
    let builder = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback();
    builder.clock(clock.clone()).client_auth(auth).build().unwrap()
}

const ADA: &str = "auth0|ada";

#[tokio::test]
async fn connections_that_die_while_they_are_idle_fail_no_user() {
    let setup = Setup::new().await;
    for endpoint in [Endpoint::Discovery, Endpoint::Jwks, Endpoint::Token] {
        setup.tenant.misbehave(endpoint, Misbehaviour::CutKeptConnections);
    }
    for user in 0..10 {
        // The keys and the discovery document are fetched again for each user.
        setup.clock.advance(Duration::from_secs(100_000));
        let token = setup.tenant.mint().subject(&format!("auth0|{user}")).sign();
        let caller = setup.api.verify_access_token(&token).await.unwrap();
        let tokens = setup.api.get_token_on_behalf_of(&caller, OnBehalfOf::audience(CALENDAR)).await;
        assert_eq!(tokens.map(drop).map_err(|error| error.to_string()), Ok(()), "user {user}");
    }
}

#[tokio::test]
async fn an_on_behalf_of_token_names_the_user_and_the_actor() {
    let setup = Setup::new().await;
    let asked = OnBehalfOf::audience(CALENDAR).scope("read:events");
    let tokens = setup.api.get_token_on_behalf_of(&setup.ada().await, asked).await.unwrap();
    assert_eq!(tokens.scope(), Some("read:events"));
    assert_eq!(tokens.issued_token_type(), Some("urn:ietf:params:oauth:token-type:access_token"));

    let seen = setup.calendar().verify_access_token(tokens.access_token().expose()).await.unwrap();
    assert_eq!((seen.subject(), seen.has_scope("read:events")), (Some(ADA), true));
    let actors = seen.delegation_chain().unwrap();
    assert_eq!(actors.iter().map(Actor::subject).collect::<Vec<_>>(), [setup.tenant.api_client_id()]);
    assert_eq!(tokens.delegation_chain(), seen.delegation_chain());
    assert_eq!(tokens.expires_at(), Some(seen.expires_at()));
    assert!(
        setup.api.verify_access_token(tokens.access_token().expose()).await.is_err(),
        "the token is for the other API"
    );
}

#[tokio::test]
async fn the_called_api_accepts_a_bound_token_with_a_proof() {
    let setup = Setup::new().await;
    setup.tenant.require_dpop_nonce(true);
    let key = ProofKey::generate().unwrap();
    let asked = OnBehalfOf::audience(CALENDAR).dpop(&key);
    let tokens = setup.api.get_token_on_behalf_of(&setup.ada().await, asked).await.unwrap();
    assert_eq!((tokens.token_type(), tokens.bound_to()), (TokenType::Dpop, Some(key.thumbprint())));

    let url = "https://calendar.example.com/events";
    let now = auth0_api_core::Clock::now(&setup.clock);
    let proof = key.proof("GET", url).access_token(tokens.access_token()).sign(now).unwrap();
    let headers = [("authorization", format!("DPoP {}", tokens.access_token().expose())), ("dpop", proof)];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    let seen = setup.calendar().verify_request(&TokenRequest::new("GET", url, &headers)).await.unwrap();
    assert_eq!(seen.binding(), auth0_api_core::Binding::Dpop { thumbprint: key.thumbprint() });
}

#[tokio::test]
async fn the_tenant_accepts_every_method_of_client_authentication() {
    let key = PrivateKey::from_jwk(P256).unwrap();
    let public = json!({ "kty": "EC", "crv": "P-256", "x": X, "y": Y });
    let audience = "https://api.example.com";
    let setup = Setup::with(|builder| {
        builder
            .application(Application::custom_api("basic", Credential::secret_basic("s&cr:et"), audience))
            .application(Application::custom_api("posting", Credential::secret_post("s&cr:et"), audience))
            .application(Application::custom_api("signing", Credential::public_jwk(public), audience))
    })
    .await;
    let ada = setup.ada().await;
    let ask = async |auth: ClientAuth| {
        let api = client(&setup.tenant, &setup.clock, auth);
        api.get_token_on_behalf_of(&ada, OnBehalfOf::audience(CALENDAR)).await
    };
    assert!(ask(ClientAuth::secret_basic("basic", "s&cr:et")).await.is_ok());
    assert!(ask(ClientAuth::secret_post("posting", "s&cr:et")).await.is_ok());
    assert!(ask(ClientAuth::private_key_jwt("signing", key.clone())).await.is_ok());
    assert!(key.with_algorithm(Algorithm::ES256).is_ok());

    let other = PrivateKey::from_jwk(OTHER_P256).unwrap();
    for wrong in [
        ClientAuth::secret_basic("basic", "wrong"),
        ClientAuth::secret_post("basic", "s&cr:et"),
        ClientAuth::secret_post("unknown", "s&cr:et"),
        ClientAuth::private_key_jwt("signing", other),
    ] {
        let error = server_error(ask(wrong).await).unwrap();
        assert_eq!((error.kind(), error.status()), (ServerErrorKind::Client, 401));
    }
}

#[tokio::test]
async fn each_vault_error_has_its_own_kind() {
    let setup = Setup::with(|builder| {
        builder
            .connection("slack")
            .linked_account(ADA, LinkedAccount::new("google-oauth2").name("work").scopes(["calendar", "mail"]))
            .linked_account(ADA, LinkedAccount::new("google-oauth2").name("home").scopes(["photos"]))
            .linked_account(ADA, LinkedAccount::new("github").expired())
    })
    .await;
    let google = || Connection::name("google-oauth2").login_hint("work");
    assert_eq!(setup.vault(google()).await.as_deref(), Ok("calendar mail"));
    assert_eq!(setup.vault(google().login_hint("home")).await.as_deref(), Ok("photos"));
    assert_eq!(setup.vault(google().scope("mail")).await.as_deref(), Ok("mail"));
    assert_eq!(setup.vault(google().scope("drive")).await, Err(ServerErrorKind::ScopesNotGranted));
    assert_eq!(setup.vault(Connection::name("slack")).await, Err(ServerErrorKind::AccountNotLinked));
    assert_eq!(setup.vault(Connection::name("github")).await, Err(ServerErrorKind::AccountUnusable));
    assert_eq!(setup.vault(Connection::name("nothing")).await, Err(ServerErrorKind::Request));

    // After the user connects the account, the next call succeeds: errors are not cached.
    setup.tenant.link(ADA, LinkedAccount::new("slack").scopes(["chat"]));
    assert_eq!(setup.vault(Connection::name("slack")).await.as_deref(), Ok("chat"));
}

#[tokio::test]
async fn token_vault_accepts_a_refresh_token_as_subject() {
    let setup = Setup::with(|builder| builder.linked_account(ADA, LinkedAccount::new("google-oauth2"))).await;
    let token = setup.tenant.refresh_token(setup.tenant.api_client_id(), ADA);
    let google = || Connection::name("google-oauth2");
    let tokens = setup.api.get_access_token_for_connection(VaultSubject::refresh_token(token), google()).await;
    assert_eq!(tokens.unwrap().connection(), Some("google-oauth2"));
    let stolen =
        setup.api.get_access_token_for_connection(VaultSubject::refresh_token("no-such-token"), google()).await;
    assert!(matches!(stolen, Err(ExchangeError::Server(_))));
}

#[tokio::test]
async fn the_action_of_an_exchange_profile_accepts_or_rejects_the_subject_token() {
    let setup = Setup::with(|builder| {
        builder.organization("org_acme", "acme").exchange_profile(SESSION, |request| match request.subject_token() {
            "of-ada" => {
                let user = User::new(ADA).claim("device", request.extra("device").unwrap_or_default());
                let exchanged = Exchanged::user(user);
                Ok(match request.actor_token() {
                    Some(actor) => exchanged.actor(actor),
                    None => exchanged,
                })
            }
            "of-bob" => Err(ExchangeRejection::deny("account_locked", "Bob has left")),
            _ => Err(ExchangeRejection::reject_subject_token("no such session")),
        })
    })
    .await;
    let ask = |session: &str, profile: ExchangeProfile| {
        setup.api.get_token_by_exchange_profile(SubjectToken::unverified(session), profile)
    };
    let profile = || ExchangeProfile::new(SESSION, CALENDAR).scope("read:events");

    let acting = profile().actor_token("robot", "urn:acme:robot").extra("device", "d-17");
    let tokens = ask("of-ada", acting.scope("openid offline_access read:events")).await.unwrap();
    assert_eq!(tokens.current_actor().unwrap().unwrap().subject(), "robot");
    assert!(tokens.id_token().is_some());
    let seen = setup.calendar().verify_access_token(tokens.access_token().expose()).await.unwrap();
    assert_eq!((seen.subject(), seen.has_scope("read:events")), (Some(ADA), true));

    let within = ask("of-ada", profile().scope("openid").organization("acme")).await.unwrap();
    let seen = setup.calendar().verify_access_token(within.access_token().expose()).await.unwrap();
    assert_eq!(seen.organization().unwrap().id, "org_acme");

    let rejected = async |session: &str| {
        let error = server_error(ask(session, profile()).await).unwrap();
        (error.kind(), error.code().to_owned())
    };
    assert_eq!(rejected("of-bob").await, (ServerErrorKind::Denied, "account_locked".to_owned()));
    assert_eq!(rejected("of-eve").await, (ServerErrorKind::SubjectRejected, "invalid_request".to_owned()));
}

const SESSION: &str = "urn:acme:legacy-session";
const X: &str = "kcCvl0vOeOetZaTV0LcmRZWxLpOZXjilSussQykjpZw";
const Y: &str = "aJGjA24PylhZOGgSiNELmAmS2Ghm77cVqgOv5fH8ovQ";
const OTHER_P256: &str = r#"{"kty":"EC","crv":"P-256","x":"wBLiSxMgpsYoIkWUJCCbuB6QwM8xJBu5xea6bUy0jag",
    "y":"GNdUVzRvPTzRifO_fx-tnVbEj37y8xEHcnX9VCrfleU","d":"GdfGI_r7Zs4cD8r8ZQYp-0CEkCg8FmeLA7lhYYeomTo"}"#;
