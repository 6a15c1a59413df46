//! The kinds of test case that need neither a token nor a network.

use auth0_api_core::binding::BindingError;
use auth0_api_core::called_url::{TargetError, TargetUrl};
use auth0_api_core::dpop::ProofError;
use auth0_api_core::extract::extract_token;
use auth0_api_core::issuer::Domain;
use auth0_api_core::{ChallengeParams, Error, Scheme};
use auth0_api_testing::ManualClock;
use serde::Deserialize;
use serde_json::json;

use super::answer::Rejected;
use super::case::Case;
use super::client::{Built, Config, Dpop};
use super::foreign::Foreign;
use super::grammar::parse_challenge;
use super::network::Network;
use super::outcome::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HtuNormalize {
    side: Side,
    url: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Side {
    Proof,
    Request,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HtuMatch {
    request_url: String,
    htu: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestUrl {
    scheme: String,
    authority: String,
    target: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Challenges {
    mode: String,
    algs: Vec<String>,
    error: Option<ErrorOnChallenge>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorOnChallenge {
    scheme: String,
    code: String,
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DomainText {
    domain: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    config: Config,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtractToken {
    headers: Vec<(String, String)>,
    query: Option<String>,
    body: Option<String>,
}

/// Runs the kind `htu_normalize`.
pub(super) fn htu_normalize(case: &Case) -> Result<Outcome, String> {
    let HtuNormalize { side, url } = case.input()?;
    match side.parse(&url) {
        Ok(url) => Ok(Outcome::accepted().with("normalized", url.to_string())),
        Err(error) => Ok(Rejected::of(&side.error(error))?.outcome(&Foreign::default())),
    }
}

/// Runs the kind `htu_match`. The URL of the request is parsed before the URL of the proof.
pub(super) fn htu_match(case: &Case) -> Result<Outcome, String> {
    let HtuMatch { request_url, htu } = case.input()?;
    let called = Side::Request.parse(&request_url).map_err(|error| Side::Request.error(error));
    let both =
        called.and_then(|called| Ok((called, Side::Proof.parse(&htu).map_err(|error| Side::Proof.error(error))?)));
    match both {
        Ok((called, htu)) => Ok(Outcome::default().with("match", called == htu)),
        Err(error) => Ok(Rejected::of(&error)?.outcome(&Foreign::default()).with("match", false)),
    }
}

/// Runs the kind `request_url`.
pub(super) fn request_url(case: &Case) -> Result<Outcome, String> {
    let RequestUrl { scheme, authority, target } = case.input()?;
    match TargetUrl::from_parts(&scheme, &authority, &target) {
        Ok(url) => Ok(Outcome::accepted().with("normalized", url.to_string())),
        Err(error) => Ok(Rejected::of(&Side::Request.error(error))?.outcome(&Foreign::default())),
    }
}

/// Runs the kind `challenges`.
pub(super) fn challenges(case: &Case) -> Result<Outcome, String> {
    let Challenges { mode, algs, error } = case.input()?;
    let config = Config::plain(Dpop::of(mode, algs));
    let Built::Client(api) = config.build(&Network::new(&[]), &ManualClock::new())? else {
        return Err("a client with this mode and these algorithms cannot be built".to_owned());
    };
    let error = error.as_ref().map(ErrorOnChallenge::as_core).transpose()?;
    let lines: Vec<String> = api.challenges(error).iter().map(ToString::to_string).collect();
    let violations: Vec<String> = lines.iter().filter_map(|line| parse_challenge(line).err()).collect();
    Ok(Outcome::default().with("challenges", json!(lines)).and_violations(violations))
}

/// Runs the kind `domain`.
pub(super) fn domain(case: &Case) -> Result<Outcome, String> {
    let DomainText { domain } = case.input()?;
    Ok(match domain.parse::<Domain>() {
        Ok(domain) => Outcome::accepted().with("issuer", domain.issuer()),
        Err(_) => Outcome::rejected("config"),
    })
}

/// Runs the kind `config`.
pub(super) fn config(case: &Case) -> Result<Outcome, String> {
    let Configuration { config } = case.input()?;
    Ok(match config.build(&Network::new(&[]), &ManualClock::new())? {
        Built::Client(_) => Outcome::accepted(),
        Built::Rejected(problems) => Outcome::misconfigured(&problems),
    })
}

/// Runs the kind `extract_token`.
pub(super) fn extracted(case: &Case) -> Result<Outcome, String> {
    let ExtractToken { headers, query, body } = case.input()?;
    match extract_token(&headers, query.as_deref(), body.as_deref().map(str::as_bytes)) {
        Ok(found) => {
            let outcome = Outcome::accepted().with("token", found.token.as_ref());
            Ok(match found.scheme {
                Some(scheme) => outcome.with("scheme", scheme.to_string().to_ascii_lowercase()),
                None => outcome,
            })
        }
        Err(error) => {
            let credentials = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
            let foreign = credentials.fold(Foreign::default(), |foreign, (_, value)| foreign.credential(value));
            Ok(Rejected::of(&error.into())?.outcome(&foreign))
        }
    }
}

impl Side {
    /// Parses the URL as core does on this side.
    fn parse(self, url: &str) -> Result<TargetUrl, TargetError> {
        match self {
            Self::Proof => TargetUrl::parse(url),
            Self::Request => {
                let (scheme, rest) = url.split_once("://").ok_or(TargetError::Scheme)?;
                let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
                TargetUrl::from_parts(scheme, authority, url)
            }
        }
    }

    /// Returns core's error for an unreadable URL on this side.
    fn error(self, error: TargetError) -> Error {
        match self {
            Self::Proof => BindingError::from(ProofError::TargetMalformed(error)).into(),
            Self::Request => BindingError::Target(error).into(),
        }
    }
}

impl ErrorOnChallenge {
    fn as_core(&self) -> Result<ChallengeParams<'_>, String> {
        let schemes = [Scheme::Bearer, Scheme::Dpop];
        let scheme = schemes.into_iter().find(|scheme| scheme.to_string().eq_ignore_ascii_case(&self.scheme));
        Ok(ChallengeParams {
            scheme: scheme.ok_or_else(|| format!("there is no scheme {:?}", self.scheme))?,
            code: &self.code,
            description: self.description.as_deref(),
        })
    }
}
