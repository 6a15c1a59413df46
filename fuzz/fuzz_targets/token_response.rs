//! Any response of the token endpoint gives tokens or an error. An independent JSON parser finds the same tokens in the
//! response. The rejection for the error has a bounded length.
//!
//! Input: a line with the status, header lines, an empty line, the body. `$ID_TOKEN` is replaced with a valid ID token.
#![no_main]

use std::sync::{Arc, LazyLock, Mutex};

use auth0_api_core::exchange::ProofKey;
use auth0_api_core::http::{HttpClient, HttpFuture, HttpMethod, HttpRequest, HttpResponse};
use auth0_api_core::{ApiClient, ClientAuth, Error, ExchangeError, ExchangeProfile, SubjectToken, TokenSet};
use auth0_api_fuzz::json::Json;
use auth0_api_fuzz::{AUDIENCE, ISSUER, Message, NOW, Signer, Stopped, now, replaced, run};

libfuzzer_sys::fuzz_target!(
    init: assert!(gives_tokens(include_bytes!("../seeds/token_response/tokens"))),
    |data: &[u8]| {
        gives_tokens(data);
    }
);

/// The next answer of the token endpoint. See [`auth0_api_fuzz::Tenant`] for why this is not `ScriptedHttp` of
/// auth0-api-testing.
#[derive(Clone, Debug, Default)]
struct Endpoint(Arc<Mutex<Option<HttpResponse>>>);

struct World {
    api: ApiClient,
    endpoint: Endpoint,
    id_token: String,
    key: ProofKey,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let endpoint = Endpoint::default();
    let builder = ApiClient::builder("tenant.example.com", AUDIENCE).clock(Stopped).http_client(endpoint.clone());
    let api = builder.client_auth(ClientAuth::secret_post("client", "secret")).build().expect("a client");
    let claims =
        format!(r#"{{"iss":"{ISSUER}","aud":"client","sub":"u","iat":{NOW},"exp":{},"org_name":"acme"}}"#, NOW + 60);
    let id_token = Signer::issuer().sign(br#"{"alg":"ES256"}"#, claims.as_bytes());
    World { api, endpoint, id_token, key: ProofKey::generate().expect("a key") }
});

fn gives_tokens(data: &[u8]) -> bool {
    let message = Message::read(data);
    let Ok(status) = message.first.parse::<u16>() else { return false };
    let body = replaced(message.body, "$ID_TOKEN", &WORLD.id_token);
    let headers = message.headers.iter();
    // Removes `Retry-After`: the client would wait if the time is short, because the stopped clock does not stop
    // timers.
    let headers = headers.filter(|(name, _)| !name.eq_ignore_ascii_case("retry-after"));
    let headers =
        headers.map(|(name, value)| ((*name).to_owned(), String::from_utf8_lossy(value).into_owned())).collect();
    *WORLD.endpoint.0.lock().expect("one thread") = Some(HttpResponse { status, headers, body: body.clone() });

    let profile = || ExchangeProfile::new("urn:acme:session", AUDIENCE).organization("acme");
    let bound = ask(profile().dpop(&WORLD.key));
    assert!(bound.is_none_or(|tokens| tokens.token_type().name() == "dpop"));
    let Some(tokens) = ask(profile()) else { return false };
    assert_eq!(status, 200);
    check(&tokens, &Json::read(&body).expect("a token response is JSON"));
    true
}

fn ask(profile: ExchangeProfile) -> Option<TokenSet> {
    let exchanged = run(WORLD.api.get_token_by_exchange_profile(SubjectToken::unverified("s"), profile));
    exchanged.map_err(check_error).ok()
}

fn check(tokens: &TokenSet, body: &Json) {
    assert!(body.has_distinct_members());
    let access_token = tokens.access_token().expose();
    assert!(!access_token.is_empty());
    assert_eq!(body.text("access_token"), Some(access_token));
    let token_type = body.text("token_type").expect("token_type").to_ascii_lowercase();
    assert_eq!(token_type, tokens.token_type().name());
    assert_eq!(tokens.refresh_token().map(|token| token.expose()), body.text("refresh_token"));
    match (tokens.expires_at(), body.get("expires_in")) {
        (None, None) => {}
        (Some(end), Some(_)) => {
            let lasts = end.duration_since(now()).expect("not in the past").as_secs_f64();
            let digits = || body.text("expires_in").and_then(|digits| digits.parse().ok());
            let said = body.number("expires_in").or_else(digits).expect("a number");
            assert!((lasts - said).abs() <= 1e-3, "{lasts} {said}");
        }
        disagreement => panic!("{disagreement:?}"),
    }
    if let Some(id_token) = tokens.id_token() {
        let claims = |token: &str| token.split('.').nth(1).map(ToOwned::to_owned);
        assert_eq!(claims(id_token.expose()), claims(&WORLD.id_token), "only the valid ID token is accepted");
    }
    // Reading the actors may return an error, but must not panic.
    _ = (tokens.delegation_chain(), tokens.scopes().count(), tokens.authorization_details::<serde_json::Value>());
}

/// Checks that the texts of the tenant in the error are short and printable, and that the rejection for the API's
/// caller is short.
fn check_error(error: ExchangeError) {
    assert!(error.to_string().len() <= 200, "{error}");
    if let ExchangeError::Server(error) = &error {
        let (code, description) = (error.code(), error.description().unwrap_or_default());
        assert!(code.len() <= 64 && description.len() <= 512);
        assert!([code, description].iter().all(|text| text.bytes().all(|octet| matches!(octet, b' '..=b'~'))));
    }
    let rejection = WORLD.api.reject(&Error::from(error));
    assert!(matches!(rejection.status(), 401 | 403 | 500 | 503));
    let Some(Json::Object(_)) = Json::read(rejection.body().as_bytes()) else { panic!("no object") };
    assert!(rejection.body().len() <= 200);
}

impl HttpClient for Endpoint {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        let response = if request.method == HttpMethod::Get {
            let body = format!(r#"{{"issuer":"{ISSUER}","token_endpoint":"{ISSUER}oauth/token"}}"#);
            HttpResponse { status: 200, headers: Vec::new(), body: body.into() }
        } else {
            self.0.lock().expect("one thread").clone().expect("an answer")
        };
        Box::pin(std::future::ready(Ok(response)))
    }
}
