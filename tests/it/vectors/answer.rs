//! The answer to a call: the claims of a verified token, or a rejection as it is sent to the client.

use auth0_api_core::{Error, Rejection};
use auth0_api_testing::ManualClock;
use serde_json::{Value, json};

use super::case::Object;
use super::client::{Built, Config, Dpop};
use super::foreign::Foreign;
use super::grammar::{ParsedChallenge, parse_challenge};
use super::network::Network;
use super::outcome::Outcome;

/// The answer to a request.
#[derive(Debug)]
pub(super) enum Answer {
    Rejected(Rejected),
    /// The claims of the token.
    Verified(Object),
}

/// A rejection, as an HTTP client sees it.
#[derive(Debug)]
pub(super) struct Rejected {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Answer {
    /// Converts the answer to the members that the vectors use.
    pub(super) fn outcome(self, foreign: &Foreign) -> Outcome {
        match self {
            Self::Rejected(rejection) => rejection.outcome(foreign),
            Self::Verified(claims) => Outcome::accepted().with("claims", Value::Object(claims)),
        }
    }
}

impl Rejected {
    /// Returns the rejection that a client with default settings returns for an error.
    pub(super) fn of(error: &Error) -> Result<Self, String> {
        match Config::plain(Dpop::default()).build(&Network::new(&[]), &ManualClock::new())? {
            Built::Client(api) => Ok(api.reject(error).into()),
            Built::Rejected(problems) => Err(format!("the client with default settings cannot be built: {problems:?}")),
        }
    }

    pub(super) fn outcome(&self, foreign: &Foreign) -> Outcome {
        let lines: Vec<&str> = self.challenge_lines().collect();
        let others = self.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("www-authenticate"));
        let headers: Object = others.map(|(name, value)| (name.to_ascii_lowercase(), json!(value))).collect();
        Outcome::rejected(&self.word())
            .with("status", self.status)
            .with("challenges", json!(lines))
            .with("response_headers", headers)
            .and_violations(self.violations(foreign))
    }

    /// Returns the name of the rejection in the vectors, which depends on the status and the body. `violations` checks
    /// that the challenges contain the same error.
    fn word(&self) -> String {
        match (self.status, self.body_member("error").as_str()) {
            (
                code @ (400 | 401 | 403),
                word @ ("insufficient_scope"
                | "invalid_dpop_proof"
                | "invalid_request"
                | "invalid_token"
                | "missing_credentials"
                | "use_dpop_nonce"),
            ) if code == status_of(word) => word.to_owned(),
            (500, _) => "internal".to_owned(),
            (503, _) => "unavailable".to_owned(),
            (status, code) => format!("{status} {code}"),
        }
    }

    /// Returns the problems that no rejection may have, independent of the expectation of the case.
    fn violations(&self, foreign: &Foreign) -> Vec<String> {
        let mut violations = Vec::new();
        let parsed: Vec<_> = self.challenge_lines().map(parse_challenge).collect();
        for challenge in parsed {
            match challenge {
                Ok(challenge) => violations.extend(self.contradictions(&challenge)),
                Err(problem) => violations.push(problem),
            }
        }
        if self.status >= 500 && self.challenge_lines().next().is_some() {
            violations.push("a server error has a challenge".to_owned());
        }
        let texts = self.headers.iter().map(|(_, value)| value).chain([&self.body]);
        let leaks = texts.filter_map(|text| foreign.found_in(text));
        violations
            .extend(leaks.map(|leak| format!("the response repeats {leak:?} of the token, the proof or the network")));
        violations
    }

    /// Returns where a challenge differs from the body, or contains a character that is not allowed.
    fn contradictions(&self, challenge: &ParsedChallenge) -> Vec<String> {
        let mut found = Vec::new();
        let Some(code) = challenge.parameter("error") else { return found };
        if code != self.body_member("error") {
            found.push(format!("a challenge contains {code}, but the body is {}", self.body));
        }
        if let Some(description) = challenge.parameter("error_description") {
            if description.contains(['"', '\\']) {
                found.push(format!("an error_description contains a quote or a backslash: {description}"));
            }
            // The body may add what the client has to send instead.
            if !self.body_member("error_description").starts_with(description) {
                found.push(format!("a challenge contains {description:?}, but the body is {}", self.body));
            }
        }
        found
    }

    fn challenge_lines(&self) -> impl Iterator<Item = &str> {
        let challenges = self.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("www-authenticate"));
        challenges.map(|(_, value)| value.as_str())
    }

    fn body_member(&self, name: &str) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

impl From<Rejection> for Rejected {
    fn from(rejection: Rejection) -> Self {
        let headers = rejection.headers().map(|(name, value)| (name.to_owned(), value.into_owned())).collect();
        Self { status: rejection.status(), headers, body: rejection.body() }
    }
}

/// Returns the status of a rejection with this name, as the vectors define it.
fn status_of(word: &str) -> u16 {
    match word {
        "invalid_request" => 400,
        "insufficient_scope" => 403,
        _ => 401,
    }
}

mod tests {
    use super::{Foreign, Rejected};

    #[test]
    fn violations_are_illegal_challenges_contradictions_and_repeated_text() {
        let good = r#"Bearer error="invalid_token", error_description="too old""#;
        for (status, challenge, description, violations) in [
            (401, good, "too old", 0),
            (401, "Bearer", "too old", 0),
            (401, r#"Bearer error="invalid_request", error_description="too old""#, "too old", 1),
            (401, good, "another", 1),
            (401, r#"Bearer error="invalid_token", error_description="a\"b""#, r#"a\"b"#, 1),
            (401, "Bearer error=\"invalid_token\u{e9}\"", "too old", 1),
            (503, "Bearer", "too old", 1),
            (401, "Bearer", "attacker's text", 1),
        ] {
            let body = format!(r#"{{"error":"invalid_token","error_description":"{description}"}}"#);
            let rejection = Rejected { status, headers: vec![("www-authenticate".into(), challenge.into())], body };
            let foreign = Foreign::default().body(r#"{"claim":["attacker's text"]}"#);
            assert_eq!(rejection.violations(&foreign).len(), violations, "{status} {challenge} {description}");
        }
    }

    #[test]
    fn the_name_of_a_rejection_depends_on_its_status_and_code() {
        for (status, code, word) in [
            (401, "invalid_token", "invalid_token"),
            (400, "invalid_token", "400 invalid_token"),
            (403, "insufficient_scope", "insufficient_scope"),
            (401, "anything", "401 anything"),
            (500, "anything", "internal"),
            (503, "anything", "unavailable"),
        ] {
            let rejection = Rejected { status, headers: Vec::new(), body: format!(r#"{{"error":"{code}"}}"#) };
            assert_eq!(rejection.word(), word);
        }
    }
}
