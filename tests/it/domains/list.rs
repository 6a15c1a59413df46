//! A list of domains.

use auth0_api_core::issuer::IssuerError;
use auth0_api_core::{ApiClient, ClientAuth, ConfigProblem, TrustedDomains};
use auth0_api_testing::{Endpoint, Misbehaviour, ScriptedHttp, ScriptedRoute};

use super::{Tenants, outcome_of};
use crate::world::{invalid_token, rejection, seconds};

#[tokio::test]
async fn tokens_of_each_listed_tenant_are_accepted_with_one_fetch_each() {
    let tenants = Tenants::start().await;
    let api = tenants.api();
    assert_eq!(api.issuers(), [tenants.a.issuer(), tenants.b.issuer()]);
    for _ in 0..3 {
        for tenant in [&tenants.a, &tenants.b] {
            let token = api.verify_access_token(&tenant.mint().sign()).await.unwrap();
            assert_eq!(token.issuer(), tenant.issuer());
        }
    }
    assert_eq!(tenants.fetches(), [1, 1, 0]);
}

#[tokio::test]
async fn an_unlisted_issuer_causes_no_fetch() {
    let tenants = Tenants::start().await;
    let api = tenants.api();
    let challenge = r#"Bearer realm="api", error="invalid_token", error_description="the issuer of the access token is not trusted""#;
    let iss = tenants.a.issuer();
    for issuer in [
        tenants.other.issuer(),
        iss.trim_end_matches('/'),
        &iss.replace("http", "HTTP"),
        &iss.replace("http", "https"),
        &format!("{iss}/"),
        &format!("{iss}?"),
        &format!(" {iss}"),
        "http://169.254.169.254/",
    ] {
        let token = tenants.other.mint().issuer(issuer).sign();
        let outcome = api.verify_access_token(&token).await;
        assert_eq!(rejection(&api, outcome), invalid_token("issuer_not_trusted", challenge), "{issuer}");
    }
    assert_eq!(tenants.fetches(), [0, 0, 0]);
}

#[tokio::test]
async fn an_issuer_that_differs_in_case_or_slash_gets_a_hint() {
    let tenants = Tenants::start().await;
    let hint = "iss differs from the configured domain only in letter case or in the trailing slash: the issuer must \
                write https://, the host in lower case, and a slash";
    let has_hint = |error: auth0_api_core::Error| error.hint().as_deref() == Some(hint);
    for (issuer, expected) in [
        (tenants.b.issuer().trim_end_matches('/'), true),
        (&tenants.b.issuer().to_uppercase(), true),
        (tenants.other.issuer(), false),
    ] {
        let error = tenants.api().verify_access_token(&tenants.b.mint().issuer(issuer).sign()).await.unwrap_err();
        assert_eq!(has_hint(error), expected, "{issuer}");
    }
}

#[tokio::test]
async fn a_key_of_one_tenant_does_not_verify_tokens_of_another() {
    let tenants = Tenants::start().await;
    let api = tenants.api();
    assert_eq!(outcome_of(&api, &tenants.b.mint().sign()).await, "200 accepted");
    let forged = tenants.b.mint().issuer(tenants.a.issuer()).sign();
    assert_eq!(outcome_of(&api, &forged).await, "401 key_unknown");
}

#[tokio::test]
async fn spellings_of_one_domain_count_once() {
    let tenants = Tenants::start().await;
    let (domain, upper) = (tenants.a.domain().to_owned(), tenants.a.domain().to_uppercase());
    let api = tenants.builder(TrustedDomains::list([format!(" {domain}/ "), domain, upper])).build().unwrap();
    assert_eq!(api.issuers(), [tenants.a.issuer()]);
}

#[tokio::test]
async fn the_client_is_ready_when_every_listed_tenant_was_asked() {
    let tenants = Tenants::start().await;
    let api = tenants.api();
    assert_eq!(outcome_of(&api, &tenants.a.mint().sign()).await, "200 accepted");
    assert!(!api.is_ready(), "the other tenant was not asked");
    assert_eq!(outcome_of(&api, &tenants.b.mint().sign()).await, "200 accepted");
    assert!(api.is_ready());
}

#[tokio::test]
async fn an_outage_of_one_tenant_does_not_affect_the_other() {
    let tenants = Tenants::start().await;
    let api = tenants.api();
    tenants.a.misbehave(Endpoint::Discovery, Misbehaviour::RateLimited { retry_after: seconds(300) });
    assert!(!api.is_ready());
    let unavailable = api.warm_up().await.unwrap_err();
    assert_eq!((&*unavailable.issuer, unavailable.retry_after), (tenants.a.issuer(), seconds(300)));
    assert!(api.is_ready(), "the keys of the other tenant are usable");
    for number in 0..20 {
        let bogus = tenants.b.mint().header("kid", format!("bogus-{number}")).sign();
        let looked_for = if number < 3 { "401 key_unknown" } else { "503 key_not_looked_for" };
        assert_eq!(outcome_of(&api, &bogus).await, looked_for);
        assert_eq!(outcome_of(&api, &tenants.a.mint().sign()).await, "503 keys_unavailable");
        assert_eq!(outcome_of(&api, &tenants.b.mint().sign()).await, "200 accepted");
    }
    assert_eq!((tenants.a.requests().discovery, tenants.b.requests().discovery), (1, 4));

    tenants.a.behave();
    tenants.clock.advance(seconds(300));
    assert_eq!(outcome_of(&api, &tenants.a.mint().sign()).await, "200 accepted");
    assert!(api.is_ready());
}

#[tokio::test]
async fn if_several_tenants_are_down_the_error_names_the_first_of_the_list() {
    let (hosts, http) = (["a.example.com", "b.example.com", "c.example.com"], ScriptedHttp::new());
    let documents = hosts.map(|host| http.route(format!("https://{host}/.well-known/openid-configuration")));
    for first_to_answer in 0..hosts.len() {
        let api = ApiClient::builder(TrustedDomains::list(hosts), "https://api.example.com").http_client(http.clone());
        let api = api.build().unwrap();
        documents.iter().for_each(ScriptedRoute::close);
        let warming = tokio::spawn(async move { api.warm_up().await });
        for document in &documents {
            document.arrival().await;
        }
        for distance in 0..hosts.len() {
            documents[(first_to_answer + distance) % hosts.len()].open();
            while http.in_flight() > hosts.len() - distance - 1 {
                tokio::task::yield_now().await;
            }
        }
        let unavailable = warming.await.unwrap().unwrap_err();
        assert_eq!(&*unavailable.issuer, "https://a.example.com/", "{first_to_answer}");
    }
}

#[tokio::test]
async fn refresh_now_fetches_the_keys_of_one_issuer() {
    let tenants = Tenants::start().await;
    let api = tenants.api();
    api.warm_up().await.unwrap();
    api.refresh_now(tenants.b.issuer()).await.unwrap();
    assert_eq!(tenants.fetches(), [1, 2, 0]);
    let unknown = api.refresh_now(tenants.other.issuer()).await.unwrap_err();
    assert!(matches!(unknown, IssuerError::NotTrusted { .. }), "{unknown:?}");
    tenants.b.misbehave(Endpoint::Jwks, Misbehaviour::Status(500));
    let unavailable = api.refresh_now(tenants.b.issuer()).await.unwrap_err();
    assert!(matches!(unavailable, IssuerError::Unavailable(_)), "{unavailable:?}");
    // The cached keys stay usable, and the failure does not delay the operator's next refresh.
    assert_eq!(outcome_of(&api, &tenants.b.mint().sign()).await, "200 accepted");
    tenants.b.behave();
    api.refresh_now(tenants.b.issuer()).await.unwrap();
    assert_eq!(tenants.fetches(), [1, 4, 0]);
}

#[test]
fn an_invalid_list_is_a_build_error_that_names_the_entry() {
    let audience = "https://api.example.com";
    for (domains, message) in [
        (TrustedDomains::list([""; 0]), "domains: at least one is needed"),
        (TrustedDomains::list(["a.example", ""]), "domains: \"\": the domain is empty"),
        (
            TrustedDomains::list(["a.example", "b.example/path"]),
            "domains: \"b.example/path\": a domain has no path, query, fragment or credentials",
        ),
    ] {
        let error = ApiClient::builder(domains, audience).build().unwrap_err();
        assert_eq!(error.to_string(), format!("the configuration is unusable: {message}"));
        assert_eq!(error.problems().iter().map(ConfigProblem::option).collect::<Vec<_>>(), ["domains"]);
    }
}

#[test]
fn a_client_of_several_domains_needs_an_exchange_domain() {
    let builder = |domains: TrustedDomains| {
        ApiClient::builder(domains, "https://api.example.com").client_auth(ClientAuth::secret_post("client", "secret"))
    };
    let several = || TrustedDomains::list(["a.example", "b.example"]);
    assert!(builder("a.example".into()).build().is_ok());
    assert!(builder(several()).exchange_domain("a.example").build().is_ok());
    assert!(builder("a.example".into()).exchange_domain("b.example").build().is_ok());
    for (builder, message) in [
        (builder(several()), "exchange_domain: client_auth needs one domain: set exchange_domain()"),
        (
            builder(several()).exchange_domain("http://a.example"),
            "exchange_domain: https is required; http works for loopback addresses, after insecure_http_loopback()",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.to_string(), format!("the configuration is unusable: {message}"));
        assert_eq!(error.problems().iter().map(ConfigProblem::option).collect::<Vec<_>>(), ["exchange_domain"]);
    }
}
