//! The API accepts a token only if a key of the issuer signed it. Core and an independent JSON parser read the same
//! claims.
//!
//! Input: a line with the JOSE header, then the claims, both as text.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::token::ActorError;
use auth0_api_core::{ApiClient, Binding, Caller, VerifiedToken};
use auth0_api_fuzz::json::Json;
use auth0_api_fuzz::{AUDIENCE, ISSUER, NOW, Signer, Tenant, client, rejection, run, split_line};

static CLIENT: LazyLock<ApiClient> = LazyLock::new(|| client(Tenant::default()).build().expect("a client"));

libfuzzer_sys::fuzz_target!(
    init: assert!(is_accepted(GOOD)),
    |data: &[u8]| {
        is_accepted(data);
    }
);

/// Returns whether the API accepts a token with this header and these claims if the issuer signed it. Checks that the
/// API rejects the same token with a forged signature.
fn is_accepted(data: &[u8]) -> bool {
    let (header, claims) = split_line(data);
    assert!(verify(&Signer::forge(header, claims), data).is_none(), "a forged signature");

    let signed = Signer::issuer().sign(header, claims);
    let Some(token) = verify(&signed, data) else { return false };
    check_header(&Json::read(header).expect("the header is JSON"));
    let claims = Json::read(claims).expect("the claims are JSON");
    check_claims(&claims);
    check_accessors(&token, &claims);
    assert_eq!(token.access_token().expose(), signed);
    true
}

fn verify(token: &str, data: &[u8]) -> Option<VerifiedToken> {
    let verified = run(CLIENT.verify_access_token(token));
    verified.map_err(|error| rejection::check(&CLIENT, &error, &[data, token.as_bytes()])).ok()
}

fn check_header(header: &Json) {
    assert!(header.has_distinct_members());
    assert_eq!(header.text("alg"), Some("ES256"));
    assert_eq!(header.get("crit"), None);
    assert!(matches!(header.get("b64"), None | Some(Json::Bool(true))));
    assert!(header.get("kid").is_none() || header.text("kid") == Some("k1"));
    let typ = header.get("typ").map(|_| header.text("typ").expect("typ is text").to_ascii_lowercase());
    assert!(typ.is_none_or(|typ| ["jwt", "at+jwt", "application/jwt", "application/at+jwt"].contains(&typ.as_str())));
}

fn check_claims(claims: &Json) {
    assert!(claims.has_distinct_members());
    assert_eq!(claims.text("iss"), Some(ISSUER));
    let own = Json::Text(AUDIENCE.to_owned());
    match claims.get("aud").expect("aud") {
        Json::List(audiences) => {
            assert!(audiences.contains(&own));
            assert!(audiences.iter().all(|audience| matches!(audience, Json::Text(_) | Json::Damaged(_))));
        }
        audience => assert_eq!(*audience, own),
    }
    let expiry = claims.number("exp").expect("exp");
    assert!(expiry > f64::from(NOW) && expiry <= END_OF_9999, "{expiry}");
    assert!(claims.number("iat").is_some());
    assert!(claims.get("nbf").is_none() || claims.number("nbf").is_some_and(|nbf| nbf <= f64::from(NOW)));
    // The API must reject a bound token, because this call presents no proof of the binding.
    assert_eq!(claims.get("cnf"), None);
}

fn check_accessors(token: &VerifiedToken, claims: &Json) {
    assert!(claims.is(&token.claims().clone().into()), "{:?} for {claims:?}", token.claims());
    assert_eq!((token.issuer(), token.binding()), (ISSUER, Binding::Bearer));
    assert_eq!(token.subject(), claims.text("sub"));
    let client_id = if claims.get("azp").is_some() { "azp" } else { "client_id" };
    assert_eq!(token.client_id(), claims.text(client_id));
    assert_eq!(token.organization().map(|organization| organization.id), claims.text("org_id"));
    assert!(token.audiences().any(|audience| audience == AUDIENCE));
    let scopes: Vec<_> = token.scopes().collect();
    assert_eq!(scopes.join(" ").replace(' ', ""), claims.text("scope").unwrap_or_default().replace(' ', ""));
    let expiry = token.expires_at().duration_since(UNIX_EPOCH).expect("after 1970");
    let written = Duration::from_secs_f64(claims.number("exp").expect("exp"));
    assert!(expiry.abs_diff(written) < Duration::from_millis(1));
    check_actors(token, claims);
    check_caller(token, claims);
}

fn check_caller(token: &VerifiedToken, claims: &Json) {
    let (caller, subject) = (token.caller(), claims.text("sub").unwrap_or_default());
    if subject.trim().is_empty() || claims.get("sub_profile").is_some_and(|_| claims.text("sub_profile").is_none()) {
        assert_eq!(caller, Caller::Unknown);
    }
    if caller == Caller::User {
        assert!(!subject.ends_with("@clients") && !subject.starts_with("anon@"), "{subject:?}");
        assert!(subject.strip_prefix("agt_").is_none_or(str::is_empty), "{subject:?}");
        assert_ne!(claims.text("gty"), Some("client-credentials"));
        assert!(claims.text("sub_profile").is_none_or(|profile| ["user", "human"].contains(&profile)));
    }
}

fn check_actors(token: &VerifiedToken, claims: &Json) {
    let current = token.current_actor();
    let act = claims.get("act");
    let optional = ["iss", "sub_profile", "client_id", "client_profile"];
    let is_actor = |act: &&Json| optional.iter().all(|name| act.get(name).is_none() || act.text(name).is_some());
    let subject_of = |act: &'_ Json| act.text("sub").filter(|subject| !subject.trim().is_empty()).map(str::to_owned);
    let is_sound = |act: &&Json| !act.is_damaged() && is_actor(act);
    match act.map(|act| Some(act).filter(is_sound).and_then(subject_of)) {
        None => assert_eq!(current, Ok(None)),
        Some(None) => assert_eq!(current, Err(ActorError::Malformed)),
        Some(subject) => assert_eq!(current.map(|actor| actor.map(|actor| actor.subject().to_owned())), Ok(subject)),
    }
    if let Ok(chain) = token.delegation_chain() {
        assert_eq!(chain.first().copied(), current.expect("the first of a chain"));
        let levels = std::iter::successors(act, |act| act.get("act"));
        assert!(
            chain.len() <= 16 && levels.map(|act| act.text("sub")).eq(chain.iter().map(|actor| Some(actor.subject())))
        );
    }
}

/// 9999-12-31T23:59:59Z.
const END_OF_9999: f64 = 253_402_300_799.0;
const GOOD: &[u8] = include_bytes!("../seeds/token/delegated");
