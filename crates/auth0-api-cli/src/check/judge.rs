//! Lets the verifier judge what was presented, and reports check by check.

use auth0_api_core::{Check, Error, TokenRequest, VerifiedToken};
use serde_json::Value;

use super::called_url;
use super::differences::{Facts, differences};
use super::input::{Presented, Request};
use super::remedy;
use super::report::{Failure, Outcome, Report, Row, State};
use super::settings::Settings;
use super::unverified::Unverified;
use crate::api_settings::Dpop;
use crate::printable::with_sources;

/// Judges what was presented. The error is a text for the person who passed it.
pub(crate) async fn judge(settings: &Settings, presented: &Presented) -> Result<Report, String> {
    let facts = facts(presented);
    if facts.has_scheme("DPoP") && facts.url.is_none() && settings.dpop != Dpop::Ignore {
        return Err("a DPoP proof is made for one method and one URL: pass the whole request, or set --url and \
                    --method"
            .to_owned());
    }
    let verified = verify(settings, presented).await;
    let outcome = verified.and_then(|token| match settings.requirement() {
        Some(requirement) => requirement.check(&token).map(|()| token),
        None => Ok(token),
    });
    Ok(match outcome {
        Ok(token) => accepted(settings, facts, &token),
        Err(error) => rejected(settings, facts, &error),
    })
}

async fn verify(settings: &Settings, presented: &Presented) -> Result<VerifiedToken, Error> {
    match presented {
        Presented::Token(token) => settings.api.verify_access_token(token).await,
        Presented::Request(request) => {
            let called = request.url.as_deref().unwrap_or(UNKNOWN_URL);
            let url = called_url::received(called, settings.public_url.as_deref());
            settings.api.verify_request(&TokenRequest::new(request.method(), &url, &request.headers)).await
        }
    }
}

fn accepted(settings: &Settings, facts: Facts, token: &VerifiedToken) -> Report {
    let mut facts = facts;
    // The claims of an encrypted token are known only now.
    if let Some(decoded) = facts.token.as_mut().filter(|decoded| decoded.is_encrypted) {
        decoded.claims.clone_from(token.claims());
    }
    report(settings, facts, Outcome::Accepted, None)
}

fn rejected(settings: &Settings, facts: Facts, error: &Error) -> Report {
    let rejection = settings.api.reject(error);
    let body: Option<Value> = serde_json::from_str(&rejection.body()).ok();
    let code = body.as_ref().and_then(|body| body.get("error")).and_then(Value::as_str).unwrap_or_default();
    let check = error.check().unwrap_or(Check::Requirement);
    // Without keys, nothing was compared.
    let differences = if error.status() < 500 { differences(check, &facts, settings) } else { Vec::new() };
    let failure = Failure {
        check,
        challenges: rejection.challenges().iter().map(ToString::to_string).collect(),
        code: code.to_owned(),
        description: rejection.description().to_owned(),
        differences,
        fix: remedy::fix(error, &facts).into_owned(),
        label: error.label(),
        note: remedy::note(error.label(), &facts),
        reason: with_sources(error),
        status: error.status(),
    };
    // An API that sees the certificate of the client may accept the token.
    let is_judged = failure.status < 500 && failure.label != "cnf_certificate";
    let outcome = if is_judged { Outcome::Rejected } else { Outcome::NotJudged };
    report(settings, facts, outcome, Some(failure))
}

fn report(settings: &Settings, facts: Facts, outcome: Outcome, failure: Option<Failure>) -> Report {
    let failed = failure.as_ref().map(|failure| failure.check);
    let rows = Check::ALL.into_iter().map(|check| {
        let state = match failed {
            Some(failed) if check == failed => State::Failed,
            Some(failed) if check > failed => match passed(check, &facts, settings) {
                State::NotNeeded => State::NotNeeded,
                _ => State::NotReached,
            },
            _ => passed(check, &facts, settings),
        };
        Row { check, state }
    });
    let is_signed = failed.is_none_or(|failed| failed > Check::Signature);
    Report {
        rows: rows.collect(),
        outcome,
        failure,
        is_signed,
        now: settings.now,
        proof: facts.proof,
        token: facts.token,
    }
}

/// Says what it means that a check did not fail.
fn passed(check: Check, facts: &Facts, settings: &Settings) -> State {
    let is_needed = match check {
        Check::Decryption => facts.token.as_ref().is_some_and(|token| token.is_encrypted),
        Check::NotBefore => facts.token.as_ref().is_some_and(|token| token.is_encrypted || token.time("nbf").is_some()),
        Check::RequiredClaims => settings.has_required_claims,
        Check::Certificate => facts.token.as_ref().is_some_and(|token| token.confirms("x5t#S256")),
        Check::Target
        | Check::Proof
        | Check::ProofMethod
        | Check::ProofUrl
        | Check::ProofTime
        | Check::ProofToken
        | Check::ProofKey => facts.has_scheme("DPoP"),
        Check::Requirement => !settings.scopes.is_empty(),
        Check::Revocation => return State::OnlyTheApiKnows,
        Check::ProofNonce if settings.knows_nonces => facts.has_scheme("DPoP"),
        Check::ProofNonce | Check::Replay if facts.has_scheme("DPoP") => return State::OnlyTheApiKnows,
        Check::ProofNonce | Check::Replay => false,
        _ => true,
    };
    if is_needed { State::Passed } else { State::NotNeeded }
}

fn facts(presented: &Presented) -> Facts {
    match presented {
        Presented::Token(token) => Facts { token: Unverified::decode(token), ..Facts::default() },
        Presented::Request(request) => of_request(request),
    }
}

fn of_request(request: &Request) -> Facts {
    let credentials = request.credentials();
    let token = credentials.map(|(_, token)| token);
    Facts {
        method: Some(request.method().to_owned()),
        proof: request.header("dpop").and_then(Unverified::decode_proof),
        scheme: credentials.map(|(scheme, _)| scheme.to_owned()),
        token: token.and_then(Unverified::decode),
        token_hash: token.map(super::differences::hash),
        url: request.url.clone(),
    }
}

/// A Bearer token is not made for a URL, so no check reads this one.
const UNKNOWN_URL: &str = "https://unknown.invalid/";
