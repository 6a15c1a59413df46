//! The API accepts a proof only if the caller's key signed the proof for this request, this token and this time. It
//! accepts each proof only once.
//!
//! Input: a line with the JOSE header, then the claims, both as text. `$JWK` is replaced with the caller's public key,
//! `$ATH` with the hash of the caller's token, and `$NONCE` with the server's current nonce.
#![no_main]

use std::fmt::Write as _;
use std::sync::LazyLock;

use auth0_api_core::binding::BindingError;
use auth0_api_core::dpop::{ProofError, RotatingNonce};
use auth0_api_core::{ApiClient, Binding, DpopPolicy, Error, Reason, TokenRequest, VerifiedToken};
use auth0_api_fuzz::json::Json;
use auth0_api_fuzz::{
    LastProof, NOW, Signer, Tenant, bound_token, client, rejection, replaced, run, sha256, split_line,
};

/// Two clients of one tenant: one requires nonces, the other does not.
struct Clients {
    plain: ApiClient,
    nonces: ApiClient,
    store: LastProof,
    nonce: String,
}

static CLIENTS: LazyLock<Clients> = LazyLock::new(|| {
    let store = LastProof::default();
    let policy = DpopPolicy::require().replay_store(store.clone());
    let build = |policy| client(Tenant::default()).dpop(policy).build().expect("a client");
    let plain = build(policy.clone());
    let nonces = build(policy.nonce(RotatingNonce::new([[7; 32]]).expect("a secret")));
    let nonce = current_nonce(&nonces);
    Clients { plain, nonces, store, nonce }
});

libfuzzer_sys::fuzz_target!(
    init: {
        // Without this check, the target would pass even if the API rejected every proof.
        let (header, claims) = GOOD.split_once('\n').expect("two lines");
        assert!(accepted(&CLIENTS.nonces, header.as_bytes(), claims.as_bytes()));
    },
    |data: &[u8]| {
        let (header, claims) = split_line(data);
        let plain = accepted(&CLIENTS.plain, header, claims);
        let with_nonce = accepted(&CLIENTS.nonces, header, claims);
        let (header, claims) = (Json::read(&filled_in(header)), Json::read(&filled_in(claims)));
        if plain {
            check_header(&header.expect("the header is JSON"));
            check_claims(claims.as_ref().expect("the claims are JSON"));
        }
        let has_nonce = claims.is_some_and(|claims| claims.text("nonce") == Some(&CLIENTS.nonce));
        assert_eq!(with_nonce, plain && has_nonce);
    }
);

/// Returns whether the API accepts the request with this proof. Checks that the API accepts the proof only once.
fn accepted(api: &ApiClient, header: &[u8], claims: &[u8]) -> bool {
    let (full_header, full_claims) = (filled_in(header), filled_in(claims));
    let proof = Signer::caller().sign(&full_header, &full_claims);
    CLIENTS.store.forget();
    match present(api, &proof) {
        Ok(token) => {
            assert!(matches!(token.binding(), Binding::Dpop { thumbprint } if thumbprint.to_string() == THUMBPRINT));
            let again = present(api, &proof).expect_err("a replayed proof");
            assert!(matches!(again.reason(), Reason::Binding(BindingError::Replayed)), "{again:?}");
            assert!(present(api, &Signer::forge(&full_header, &full_claims)).is_err());
            true
        }
        Err(error) => {
            // Passes the header and claims with their placeholders, because the response may contain the nonce itself.
            rejection::check(api, &error, &[header, claims, proof.as_bytes()]);
            false
        }
    }
}

fn present(api: &ApiClient, proof: &str) -> Result<VerifiedToken, Error> {
    let authorization = format!("DPoP {}", bound_token());
    let headers = [("authorization", authorization.as_str()), ("dpop", proof)];
    run(api.verify_request(&TokenRequest::new("GET", &format!("{URL}?page=2"), &headers)))
}

fn filled_in(text: &[u8]) -> Vec<u8> {
    let text = replaced(text, "$JWK", &Signer::caller().jwk());
    let text = replaced(&text, "$ATH", &sha256(bound_token()));
    replaced(&text, "$NONCE", &CLIENTS.nonce)
}

fn check_header(header: &Json) {
    assert!(header.has_distinct_members());
    assert_eq!(header.text("alg"), Some("ES256"));
    assert_eq!(header.get("crit"), None);
    let typ = header.text("typ").expect("typ").to_ascii_lowercase();
    assert!(matches!(typ.as_str(), "dpop+jwt" | "application/dpop+jwt"), "{typ}");
    let jwk = header.get("jwk").expect("jwk");
    let (x, y) = Signer::caller().coordinates();
    let expected = [("kty", "EC"), ("crv", "P-256"), ("x", x), ("y", y)];
    assert!(expected.iter().all(|(name, value)| jwk.text(name) == Some(value)), "{jwk:?}");
    assert!(["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().all(|name| jwk.get(name).is_none()), "{jwk:?}");
}

fn check_claims(claims: &Json) {
    assert!(claims.has_distinct_members());
    assert_eq!(claims.text("htm"), Some("GET"));
    assert_eq!(normal(claims.text("htu").expect("htu")).as_deref(), Some(URL));
    assert_eq!(claims.text("ath"), Some(sha256(bound_token()).as_str()));
    assert!((1..=256).contains(&claims.text("jti").expect("jti").len()));
    let now = f64::from(NOW);
    assert!((now - 300.0..=now + 30.0).contains(&claims.number("iat").expect("iat")));
    assert!(claims.get("nbf").is_none() || claims.number("nbf").is_some_and(|nbf| nbf <= now));
    assert!(claims.get("exp").is_none() || claims.number("exp").is_some_and(|exp| exp > now));
}

/// Normalises a URL by RFC 3986 §6.2.2 and §6.2.3, with a parser that is independent of core.
fn normal(url: &str) -> Option<String> {
    let kept = url.split(['?', '#']).next()?;
    let mut decoded = String::new();
    let mut triplets = kept.split('%');
    decoded.push_str(triplets.next()?);
    for part in triplets {
        let (digits, rest) = part.split_at_checked(2)?;
        let octet = u8::from_str_radix(digits, 16).ok()?;
        match char::from(octet) {
            unreserved @ ('a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~') => decoded.push(unreserved),
            _ => write!(decoded, "%{octet:02X}").ok()?,
        }
        decoded.push_str(rest);
    }
    let url = url::Url::parse(&decoded).ok()?;
    (url.username().is_empty() && url.password().is_none()).then(|| url.to_string())
}

fn current_nonce(api: &ApiClient) -> String {
    let proof = Signer::caller().sign(
        replaced(GOOD.split_once('\n').expect("two lines").0.as_bytes(), "$JWK", &Signer::caller().jwk()).as_slice(),
        replaced(GOOD.split_once('\n').expect("two lines").1.as_bytes(), "$ATH", &sha256(bound_token())).as_slice(),
    );
    let error = present(api, &proof).expect_err("the proof contains a placeholder, not a nonce");
    match error.reason() {
        Reason::Binding(BindingError::Proof(ProofError::NonceWanted { nonce })) => nonce.clone(),
        reason => panic!("{reason:?}"),
    }
}

/// The URL of every request, without its query.
const URL: &str = "https://api.example.com/orders/a%2Fb";
const GOOD: &str = include_str!("../seeds/proof/nonce");
/// The thumbprint of the caller's key.
const THUMBPRINT: &str = "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s";
