//! The kind `exchange`: one client makes an exchange, once or several times. The outcome contains the requests and the
//! last result.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::exchange::{IssuedToken, ServerError, VaultSubject};
use auth0_api_core::http::{HttpMethod, HttpRequest};
use auth0_api_core::{
    ApiClient, Connection, ExchangeError, ExchangeProfile, OnBehalfOf, SubjectToken, TokenSet, VerifiedToken,
};
use auth0_api_testing::ManualClock;
use serde::Deserialize;
use serde_json::{Value, json};

use super::case::{Case, Object};
use super::client::{Built, Config};
use super::network::{Network, Route};
use super::outcome::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    at: u64,
    config: Config,
    network: Vec<Route>,
    call: Call,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    op: String,
    args: Args,
    #[serde(default = "once")]
    times: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Args {
    subject: Option<Subject>,
    refresh_token: Option<String>,
    subject_token_type: Option<String>,
    audience: Option<String>,
    scope: Option<String>,
    requested_token_type: Option<String>,
    organization: Option<String>,
    actor_token: Option<String>,
    actor_token_type: Option<String>,
    #[serde(default)]
    extra: BTreeMap<String, Vec<String>>,
    connection: Option<String>,
    login_hint: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Subject {
    Unverified(String),
    Verified(String),
}

/// The outcome of a call. A case can contain arguments that the types of the library do not allow.
enum ExchangeOutcome {
    Result(Result<TokenSet, ExchangeError>),
    DoesNotCompile,
}

/// The members that `expect` can have.
pub(super) const MEMBERS: [&str; 14] = [
    "ok",
    "error",
    "request",
    "result",
    "result_with",
    "result_without",
    "token_requests",
    "token_requests_at_most",
    "discovery_requests",
    "client_assertion",
    "telemetry",
    "oauth_error",
    "names",
    "forbidden_hosts",
];

/// Runs the kind `exchange`.
pub(super) async fn exchange(case: &Case) -> Result<Outcome, String> {
    let Exchange { at, config, network: routes, call } = case.input()?;
    let (clock, network) = (ManualClock::new(), Network::new(&routes));
    clock.set(UNIX_EPOCH + Duration::from_secs(at));
    let api = match config.build(&network, &clock)? {
        Built::Client(api) => api,
        Built::Rejected(problems) => return Ok(Outcome::misconfigured(&problems)),
    };
    let verified = match &call.args.subject {
        Some(Subject::Verified(token)) => Some(
            api.verify_access_token(token).await.map_err(|error| format!("the subject token is rejected: {error}"))?,
        ),
        _ => None,
    };
    network.begin_call();
    let mut result = ExchangeOutcome::DoesNotCompile;
    for _ in 0..call.times {
        result = call.args.run(&call.op, &api, verified.as_ref()).await?;
    }
    network.settle().await;
    Ok(with_traffic(outcome(result), &network))
}

impl Args {
    async fn run(
        &self,
        op: &str,
        api: &ApiClient,
        verified: Option<&VerifiedToken>,
    ) -> Result<ExchangeOutcome, String> {
        let result = match op {
            "get_token_by_exchange_profile" => {
                let Some(profile) = self.profile() else { return Ok(ExchangeOutcome::DoesNotCompile) };
                api.get_token_by_exchange_profile(self.subject(verified)?, profile).await
            }
            // The next two calls accept only a verified token.
            "get_token_on_behalf_of" => match verified {
                Some(token) => api.get_token_on_behalf_of(token, self.on_behalf_of()).await,
                None => return Ok(ExchangeOutcome::DoesNotCompile),
            },
            "get_access_token_for_connection" => match verified {
                Some(token) => api.get_access_token_for_connection(token, self.connection()).await,
                None => return Ok(ExchangeOutcome::DoesNotCompile),
            },
            "token_vault_refresh" => {
                let token = VaultSubject::refresh_token(self.refresh_token.clone().unwrap_or_default());
                api.get_access_token_for_connection(token, self.connection()).await
            }
            unknown => return Err(format!("the runner does not know the call {unknown:?}")),
        };
        Ok(ExchangeOutcome::Result(result))
    }

    fn subject(&self, verified: Option<&VerifiedToken>) -> Result<SubjectToken, String> {
        match (&self.subject, verified) {
            (Some(Subject::Unverified(text)), _) => Ok(SubjectToken::unverified(text.as_str())),
            (_, Some(token)) => Ok(SubjectToken::from(token)),
            _ => Err("the call has no subject".to_owned()),
        }
    }

    /// Returns the profile. Returns `None` for an actor token without a type or a type without a token, because such
    /// code does not compile.
    fn profile(&self) -> Option<ExchangeProfile> {
        let token_type = self.subject_token_type.clone().unwrap_or_default();
        let mut profile = match &self.audience {
            Some(audience) => ExchangeProfile::new(token_type, audience.as_str()),
            None => ExchangeProfile::without_audience(token_type),
        };
        if let Some(scope) = &self.scope {
            profile = profile.scope(scope.as_str());
        }
        if let Some(requested) = &self.requested_token_type {
            profile = profile.requested_token_type(requested.as_str());
        }
        if let Some(organization) = &self.organization {
            profile = profile.organization(organization.as_str());
        }
        for (name, values) in &self.extra {
            for value in values {
                profile = profile.extra(name.as_str(), value.as_str());
            }
        }
        match (&self.actor_token, &self.actor_token_type) {
            (None, None) => Some(profile),
            (Some(token), Some(token_type)) => Some(profile.actor_token(token.as_str(), token_type.as_str())),
            _ => None,
        }
    }

    fn on_behalf_of(&self) -> OnBehalfOf {
        let asked = OnBehalfOf::audience(self.audience.clone().unwrap_or_default());
        match &self.scope {
            Some(scope) => asked.scope(scope.as_str()),
            None => asked,
        }
    }

    fn connection(&self) -> Connection {
        let mut connection = Connection::name(self.connection.clone().unwrap_or_default());
        if let Some(hint) = &self.login_hint {
            connection = connection.login_hint(hint.as_str());
        }
        match &self.scope {
            Some(scope) => connection.scope(scope.as_str()),
            None => connection,
        }
    }
}

fn outcome(outcome_of_call: ExchangeOutcome) -> Outcome {
    match outcome_of_call {
        ExchangeOutcome::Result(Ok(tokens)) => Outcome::accepted().with("result", result(&tokens)),
        ExchangeOutcome::Result(Err(error)) => {
            let outcome = Outcome::rejected(word(&error)).with("message", error.to_string());
            match &error {
                ExchangeError::Server(error) => outcome.with("oauth_error", oauth_error(error)),
                _ => outcome,
            }
        }
        // The compiler rejects the input before it can be sent.
        ExchangeOutcome::DoesNotCompile => Outcome::rejected("input"),
    }
}

/// Maps an error to its name in the vectors.
fn word(error: &ExchangeError) -> &'static str {
    match error {
        ExchangeError::ClientAuthMissing => "missing_client_auth",
        ExchangeError::Input(_) => "input",
        ExchangeError::Organization(_) => "organization",
        ExchangeError::Response(_) => "response",
        ExchangeError::Server(_) => "server",
        ExchangeError::Unavailable(_) => "unavailable",
        _ => "other",
    }
}

fn result(tokens: &TokenSet) -> Value {
    let seconds = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let fields = json!({
        "access_token": tokens.access_token().expose(),
        "expires_at": tokens.expires_at().map(seconds),
        "token_type": tokens.token_type().name(),
        "scope": tokens.scope(),
        "issued_token_type": tokens.issued_token_type(),
        "id_token": tokens.id_token().map(IssuedToken::expose),
        "refresh_token": tokens.refresh_token().map(IssuedToken::expose),
        "connection": tokens.connection(),
        "login_hint": tokens.login_hint(),
    });
    let Value::Object(mut fields) = fields else { return fields };
    fields.retain(|_, value| !value.is_null());
    Value::Object(fields)
}

fn oauth_error(error: &ServerError) -> Value {
    json!({
        "error": error.code(),
        "error_description": error.description(),
        "mfa_token": error.mfa_token().map(IssuedToken::expose),
    })
}

fn with_traffic(outcome: Outcome, network: &Network) -> Outcome {
    let requests = network.requests();
    let token_requests: Vec<_> = requests.iter().filter(|request| request.method == HttpMethod::Post).collect();
    let outcome = outcome
        .with("token_requests", token_requests.len())
        .with("discovery_requests", network.traffic().counts().get("discovery").cloned().unwrap_or_default())
        .with("hosts", network.traffic().hosts())
        .with("telemetry", telemetry(&requests));
    match token_requests.last() {
        Some(request) => outcome.with("request", to_json(request)),
        None => outcome,
    }
}

/// Converts a request to the form that the vectors use.
fn to_json(request: &HttpRequest) -> Value {
    let mut form = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in pairs(&request.body) {
        form.entry(name).or_default().push(value);
    }
    let headers: Object = request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({ "method": "POST", "url": request.url, "headers": headers, "form": form })
}

fn pairs(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// Returns the `auth0-client` headers by kind of request.
fn telemetry(requests: &[HttpRequest]) -> Value {
    let header = |request: &HttpRequest| {
        let (_, value) = request.headers.iter().find(|(name, _)| name == "auth0-client")?;
        Some(value.clone())
    };
    let kind = |request: &HttpRequest| if request.method == HttpMethod::Post { "token" } else { "discovery" };
    let values: Object = requests.iter().map(|request| (kind(request).to_owned(), json!(header(request)))).collect();
    Value::Object(values)
}

fn once() -> usize {
    1
}
