//! The values that differ, for the check that failed.

use auth0_api_core::Check;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::called_url;
use super::moment::{from_now, in_utc};
use super::report::Difference;
use super::settings::Settings;
use super::unverified::{Unverified, text, without_query};
use crate::api_settings::Dpop;

/// What can be read from the request without verifying it.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) method: Option<String>,
    pub(super) proof: Option<Unverified>,
    /// The scheme of the `Authorization` header; `None` for a token alone.
    pub(super) scheme: Option<String>,
    pub(super) token: Option<Unverified>,
    /// The `ath` of a proof for the token.
    pub(super) token_hash: Option<String>,
    pub(super) url: Option<String>,
}

impl Facts {
    pub(super) fn has_scheme(&self, scheme: &str) -> bool {
        self.scheme.as_deref().is_some_and(|used| used.eq_ignore_ascii_case(scheme))
    }
}

/// Returns what differs; nothing if the check compares no values, or if they cannot be decoded.
pub(super) fn differences(check: Check, facts: &Facts, settings: &Settings) -> Vec<Difference> {
    let (token, proof) = (facts.token.as_ref(), facts.proof.as_ref());
    let difference = match check {
        Check::Scheme => of(check, facts.scheme.clone(), other_scheme(settings.dpop)),
        Check::Format => of_algorithm(token, settings),
        Check::Issuer => of(check, claim(token, "iss"), settings.api.issuers().join(" or ")),
        Check::Key => of(check, key(token), "a key that the tenant publishes".to_owned()),
        Check::Type => {
            let expected = if settings.is_strict { "at+jwt" } else { "JWT or at+jwt" };
            of(check, Some(header(token, "typ")), expected.to_owned())
        }
        Check::Audience => of(check, claim(token, "aud"), settings.audiences.join(" or ")),
        Check::Expiry => {
            of(check, time(token, "exp", settings), with_leeway(format!("after {}", in_utc(settings.now)), settings))
        }
        Check::NotBefore => {
            of(check, time(token, "nbf", settings), with_leeway(format!("until {}", in_utc(settings.now)), settings))
        }
        Check::Age => of(check, time(token, "iat", settings), "a time".to_owned()),
        Check::Binding => of(check, facts.scheme.clone(), fitting_scheme(token).to_owned()),
        Check::ProofMethod => of(check, claim(proof, "htm"), facts.method.clone().unwrap_or_default()),
        Check::ProofUrl => of(check, claim(proof, "htu"), called_url(facts, settings)),
        Check::ProofTime => of(check, time(proof, "iat", settings), window(settings)),
        Check::ProofToken => of(check, claim(proof, "ath"), facts.token_hash.clone().unwrap_or_default()),
        Check::ProofKey => {
            let bound = token.and_then(|token| token.confirmation("jkt")).unwrap_or_default();
            of(check, proof.and_then(thumbprint), bound.to_owned())
        }
        Check::Requirement => {
            let scopes = claim(token, "scope").unwrap_or_else(|| "no scope".to_owned());
            Some(Difference { name: "scope", found: scopes, expected: settings.scopes.join(" ") })
        }
        _ => None,
    };
    difference.into_iter().filter(|difference| !difference.expected.is_empty()).collect()
}

fn of(check: Check, found: Option<String>, expected: String) -> Option<Difference> {
    Some(Difference { name: check.name(), found: found?, expected })
}

fn of_algorithm(token: Option<&Unverified>, settings: &Settings) -> Option<Difference> {
    let found = token?.header("alg")?;
    let is_accepted = settings.algorithms.iter().any(|algorithm| algorithm == found);
    let expected = settings.algorithms.join(" or ");
    (!is_accepted).then(|| Difference { name: "alg", found: found.to_owned(), expected })
}

fn claim(jwt: Option<&Unverified>, name: &str) -> Option<String> {
    jwt?.claims.get(name).map(text)
}

fn header(jwt: Option<&Unverified>, name: &str) -> String {
    jwt.and_then(|jwt| jwt.header.get(name)).map_or_else(|| "nothing".to_owned(), text)
}

fn key(token: Option<&Unverified>) -> Option<String> {
    token.map(|token| format!("{} ({})", header(Some(token), "kid"), header(Some(token), "alg")))
}

fn time(jwt: Option<&Unverified>, name: &str, settings: &Settings) -> Option<String> {
    let time = jwt?.time(name)?;
    Some(format!("{}, {}", in_utc(time), from_now(time, settings.now)))
}

fn other_scheme(mode: Dpop) -> String {
    match mode {
        Dpop::Accept => "Bearer or DPoP",
        Dpop::Ignore => "Bearer",
        Dpop::Require => "DPoP",
    }
    .to_owned()
}

fn fitting_scheme(token: Option<&Unverified>) -> &'static str {
    if token.is_some_and(|token| token.confirms("jkt")) {
        "DPoP, because the token is bound to a key"
    } else {
        "Bearer without a proof, because the token is bound to no key"
    }
}

/// Adds the leeway to the expected time, in words.
fn with_leeway(expected: String, settings: &Settings) -> String {
    match &settings.leeway {
        Some(leeway) => format!("{expected}, with a leeway of {leeway}"),
        None => expected,
    }
}

/// The URL that a proof must be for, without its query.
fn called_url(facts: &Facts, settings: &Settings) -> String {
    let called = facts.url.as_deref().map(without_query).unwrap_or_default();
    called_url::expected(called, settings.public_url.as_deref())
}

/// The window in which a proof is accepted.
fn window(settings: &Settings) -> String {
    let (max_age, leeway) = settings.proof_window;
    let (start, end) = (settings.now.checked_sub(max_age), settings.now.checked_add(leeway));
    format!("from {} to {}", in_utc(start.unwrap_or(settings.now)), in_utc(end.unwrap_or(settings.now)))
}

/// Returns the base64url of the SHA-256 of a text.
pub(super) fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

/// Returns the thumbprint of the key in a proof
/// ([RFC 7638 §3](https://www.rfc-editor.org/rfc/rfc7638#section-3)).
fn thumbprint(proof: &Unverified) -> Option<String> {
    let jwk = proof.header.get("jwk")?;
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let member = |name: &&str| Some(format!("\"{name}\":{}", Value::String(jwk.get(*name)?.as_str()?.to_owned())));
    let members: Option<Vec<String>> = names.iter().map(member).collect();
    Some(hash(&format!("{{{}}}", members?.join(","))))
}
