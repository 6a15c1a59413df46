//! The attack vectors through `check`: each rejection is explained, and nothing of the token is printed.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use auth0_api_core::dpop::RotatingNonce;
use auth0_api_core::{ApiClient, DpopPolicy, TrustedDomains};
use auth0_api_testing::{HttpAnswer, ManualClock, ScriptedHttp};
use serde_json::Value;

use super::input::{Presented, Request};
use super::judge::judge;
use super::report::{Outcome, Report, State};
use super::settings::Settings;
use super::{json, text};
use crate::api_settings::Dpop;
use crate::terminal::{Characters, Terminal};

#[tokio::test]
async fn each_rejection_of_the_attacks_is_explained() {
    let file: Value = serde_json::from_str(include_str!("../../../../tests/data/attacks.json")).unwrap();
    let (mut labels, mut judged) = (BTreeSet::new(), 0);
    for case in file["cases"].as_array().unwrap() {
        let Some(settings) = settings(case) else { continue };
        for call in calls(case) {
            let (presented, texts) = presented(call);
            let report = judge(&settings, &presented).await.unwrap();
            judged += 1;
            let outcomes = outcomes(call);
            let outcome = if report.outcome == Outcome::NotJudged { Outcome::Rejected } else { report.outcome };
            assert!(outcomes.is_empty() || outcomes.contains(&outcome), "{} {:?}", case["id"], report.failure);
            labels.extend(check(&report, &case["id"]));
            no_secret_is_printed(&report, &texts, &case["id"]);
        }
    }
    assert_eq!(judged, 348);
    assert_eq!(labels.into_iter().collect::<Vec<_>>(), FIXES.map(|(label, _)| label));
}

/// Returns the outcomes that the vectors allow; none if they say nothing about one call of several.
fn outcomes(call: &Value) -> Vec<Outcome> {
    let others = call["also_acceptable"].as_array().into_iter().flatten();
    let all = [&call["expect"]].into_iter().chain(others).filter_map(|expect| expect["ok"].as_bool());
    all.map(|ok| if ok { Outcome::Accepted } else { Outcome::Rejected }).collect()
}

/// Checks the explanation, and returns the label.
fn check(report: &Report, case: &Value) -> Option<&'static str> {
    let failed: Vec<_> = report.rows.iter().filter(|row| row.state == State::Failed).map(|row| row.check).collect();
    let Some(failure) = &report.failure else {
        assert!(failed.is_empty() && report.rows.iter().all(|row| row.state != State::NotReached), "{case}");
        return None;
    };
    assert_eq!(failed, [failure.check], "{case}");
    for row in &report.rows {
        let is_after = row.check > failure.check;
        assert!(row.state != State::NotReached || is_after, "{case} {:?}", row.check);
        assert!(row.state != State::Passed || !is_after, "{case} {:?}", row.check);
    }
    let is_of_certificate = failure.label == "cnf_certificate";
    assert_eq!(report.outcome == Outcome::NotJudged, is_of_certificate, "{case} {}", failure.label);
    let (_, words) = FIXES.iter().find(|(label, _)| *label == failure.label).unwrap();
    assert!(words.iter().any(|words| failure.fix.contains(words)), "{case} {}: {}", failure.label, failure.fix);
    Some(failure.label)
}

/// Checks that neither form of the report contains a token, a proof or a signature, nor anything that commands a
/// terminal, and that no line is too long.
fn no_secret_is_printed(report: &Report, texts: &[String], case: &Value) {
    let terminal = Terminal::new(80, Characters::Ascii);
    let coloured = text::render(report, &terminal, true);
    let plain = anstream::adapter::strip_str(&coloured).to_string();
    assert!(plain.chars().all(|character| character == '\n' || matches!(character, ' '..='~')), "{case} {plain}");
    assert!(plain.lines().all(|line| line.len() <= 80), "{case} {plain}");
    // Line breaks must not hide a text.
    let unbroken: String = plain.split_whitespace().collect();
    let json = json::render(report, true);
    assert!(json.is_ascii() && serde_json::from_str::<Value>(&json).is_ok(), "{case}");
    for printed in [unbroken, json] {
        for text in texts {
            assert!(!printed.contains(text.as_str()), "{case} {printed}");
        }
    }
}

/// Returns the configuration of a case; `None` if the case has none, or one that the flags cannot express.
fn settings(case: &Value) -> Option<Settings> {
    let config = &case["config"];
    let list = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    if case["kind"] == "request_url" || case["expect"]["error"] == "config" || case["required_claims"].is_array() {
        return None;
    }
    let mut domains = list(&config["domains"]);
    domains.extend(config["domain"].as_str().map(str::to_owned));
    let audiences = list(&config["audiences"]);
    let at = case["at"].as_u64().or_else(|| case["calls"][0]["at"].as_u64()).unwrap();
    let now = UNIX_EPOCH + Duration::from_secs(at);
    let algorithms =
        if config["algorithms"].is_array() { list(&config["algorithms"]) } else { vec!["RS256".to_owned()] };
    let builder = ApiClient::builder(TrustedDomains::list(domains), "").audiences(audiences.clone());
    let builder = builder.clock(ManualClock::at(now)).http_client(network(case));
    let builder = builder.algorithms(algorithms.iter().map(|name| name.parse().unwrap()));
    let is_strict = config["strict_rfc9068"] == true;
    let builder = if is_strict { builder.strict_rfc9068() } else { builder };
    let (mode, dpop) = policy(&config["dpop"]);
    let api = builder.dpop(dpop).build().unwrap();
    let has_required_claims = is_strict;
    Some(Settings { algorithms, audiences, dpop: mode, is_strict, has_required_claims, now, ..Settings::of(api) })
}

fn policy(config: &Value) -> (Dpop, DpopPolicy) {
    let (mode, mut policy) = match config["mode"].as_str() {
        Some("require") => (Dpop::Require, DpopPolicy::require()),
        Some("ignore") => (Dpop::Ignore, DpopPolicy::ignore()),
        _ => (Dpop::Accept, DpopPolicy::accept()),
    };
    if let Some(names) = config["algorithms"].as_array() {
        policy = policy.algorithms(names.iter().map(|name| name.as_str().unwrap().parse().unwrap()));
    }
    if config["replay"] == false {
        policy = policy.insecure_without_replay_protection();
    }
    if config["nonce"] == true {
        policy = policy.nonce(RotatingNonce::generate().unwrap());
    }
    (mode, policy)
}

fn network(case: &Value) -> ScriptedHttp {
    let http = ScriptedHttp::new();
    for route in case["network"].as_array().unwrap() {
        let answers = route["responses"].as_array().unwrap().iter().map(|answer| {
            let status = u16::try_from(answer["status"].as_u64().unwrap()).unwrap();
            HttpAnswer::status(status).body(answer["body"].as_str().unwrap_or_default())
        });
        http.route(route["url"].as_str().unwrap()).answer(answers.collect::<Vec<_>>());
    }
    http
}

fn calls(case: &Value) -> Vec<&Value> {
    case["calls"].as_array().map_or_else(|| vec![case], |calls| calls.iter().collect())
}

/// Returns what the call presents, and the texts that must not be printed.
fn presented(call: &Value) -> (Presented, Vec<String>) {
    if let Some(token) = call["token"].as_str() {
        return (Presented::Token(token.to_owned()), secrets(token));
    }
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let request = &call["request"];
    let headers: Vec<_> =
        request["headers"].as_array().unwrap().iter().map(|pair| (text(&pair[0]), text(&pair[1]))).collect();
    let texts = headers.iter().flat_map(|(_, value)| value.split([' ', ',']).flat_map(secrets)).collect();
    let (method, url) = (Some(text(&request["method"])), Some(text(&request["url"])));
    (Presented::Request(Request { method, url, headers }), texts)
}

/// Returns a token or a proof, and its signature, if they are long enough to be recognised.
fn secrets(token: &str) -> Vec<String> {
    let signature = token.rsplit_once('.').map(|(_, signature)| signature);
    [Some(token), signature].into_iter().flatten().filter(|text| text.len() >= 24).map(str::to_owned).collect()
}

/// Each label that the attacks cause, and words of its fix: one of the texts, because a label can have several causes.
const FIXES: [(&str, &[&str]); 42] = [
    ("cnf_certificate", &["let client_certificates() name the place"]),
    ("cnf_malformed", &["look at the Action"]),
    ("cnf_unknown", &["let the tenant bind tokens by DPoP"]),
    ("credentials_missing", &["check that no proxy removes the header Authorization"]),
    ("credentials_repeated", &["let only one of client, gateway and proxy set the header"]),
    ("credentials_too_long", &["let Actions add fewer or shorter claims"]),
    ("dpop_alg_not_allowed", &["let the client read algs in the challenge"]),
    ("dpop_ath_mismatch", &["let the client make the proof after it has the new token"]),
    ("dpop_claim", &["let the client send jti, htm, htu, iat and ath"]),
    ("dpop_downgrade", &["let it send \"DPoP <token>\" and a proof", "pass the lines Authorization and DPoP"]),
    ("dpop_htm_mismatch", &["a redirect, a proxy or a method override may have changed the method"]),
    ("dpop_htu_malformed", &["let the client sign the URL that it calls", "should begin with https://"]),
    ("dpop_htu_mismatch", &["the client should sign", "set public_url", "the client signed the URL of one resource"]),
    ("dpop_iat_window", &["synchronise both clocks"]),
    ("dpop_key", &["let the client put its public key there"]),
    ("dpop_key_mismatch", &["let it keep the key with the token"]),
    ("dpop_malformed", &["let the client make it with a DPoP library"]),
    ("dpop_nonce_wanted", &["let CORS expose DPoP-Nonce"]),
    ("dpop_not_bound", &["let it send a proof with its token request too"]),
    ("dpop_proof_missing", &["check that no proxy, and no CORS setting, removes this header"]),
    ("dpop_repeated", &["check whether the client and a proxy both set it"]),
    ("dpop_replayed", &["use one client"]),
    ("dpop_signature", &["let the client sign with the key that it puts into the header"]),
    ("dpop_target", &["the client should resolve the URL", "set public_url() or trusted_proxies()"]),
    ("dpop_typ", &["let the client set it to dpop+jwt"]),
    ("issuer_not_trusted", &["configure the domain that clients use to log in", "the issuer must write https://"]),
    ("key_ambiguous", &["let it write the kid of its key"]),
    ("key_of_other_algorithm", &["switch off Include Signing Algorithms", "comes from other software"]),
    ("key_unknown", &["refresh_now() fetches the new keys at once"]),
    ("scheme_not_offered", &["use the other scheme in the client"]),
    ("token_alg_symmetric", &["set the API to RS256 in the tenant"]),
    ("token_alg_unknown", &["get a new token from your tenant"]),
    ("token_audience", &["let the client request this API's identifier as audience", "send the access token"]),
    ("token_claim_malformed", &["look at the Action"]),
    ("token_encrypted", &["set its private key with decryption_keys()"]),
    ("token_expired", &["let the client get a new one", "synchronise this machine's clock"]),
    ("token_extension", &["get a new token from your tenant"]),
    ("token_malformed", &["copy it again"]),
    ("token_not_yet_valid", &["synchronise it"]),
    (
        "token_opaque",
        &["let the client request this API's identifier as audience", "let it wait until it has the token"],
    ),
    ("token_signature", &["the token was changed or cut on its way"]),
    ("token_type", &["send an access token"]),
];
