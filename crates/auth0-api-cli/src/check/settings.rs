//! The configuration: the settings of the API from its environment, and the flags, which win. It makes the real verifier.

use std::path::Path;
use std::time::{Duration, SystemTime};

use auth0_api_core::{ApiClient, BuildError, Clock, Requirement};

use super::offline::OfflineKeys;
use super::options::CheckOptions;
use crate::api_settings::{ApiSettings, Dpop};
use crate::file;

/// What the tokens and requests are checked against.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(super) api: ApiClient,
    /// The names of the accepted algorithms.
    pub(super) algorithms: Vec<String>,
    pub(super) audiences: Vec<String>,
    pub(super) dpop: Dpop,
    pub(super) has_required_claims: bool,
    pub(super) is_strict: bool,
    /// Whether this program has the secrets of the nonces.
    pub(super) knows_nonces: bool,
    /// The leeway, as the operator wrote it.
    pub(super) leeway: Option<String>,
    pub(super) now: SystemTime,
    /// The longest age of a proof, and how far it may be from the future.
    pub(super) proof_window: (Duration, Duration),
    /// The URL that clients call, if the API knows it.
    pub(super) public_url: Option<String>,
    pub(super) scopes: Vec<String>,
}

/// A clock that stands still: every part of the output is about one moment.
#[derive(Clone, Copy, Debug)]
struct Moment(SystemTime);

impl Clock for Moment {
    fn now(&self) -> SystemTime {
        self.0
    }
}

impl Settings {
    /// Reads the environment and the flags. The error is a text for the person who set them.
    pub(super) fn new(options: &CheckOptions, present: SystemTime) -> Result<Self, String> {
        let settings = ApiSettings::of_verifier(options.settings());
        let missing: Vec<_> =
            MANDATORY.iter().filter(|(key, _)| !settings.has(key)).map(|(_, problem)| *problem).collect();
        if !missing.is_empty() {
            return Err(missing.join("; "));
        }
        let now = options.at.unwrap_or(present);
        let mut builder = settings.builder().clock(Moment(now));
        if let Some(file) = &options.jwks {
            builder = builder.http_client(OfflineKeys::new(read(file)?)?);
        }
        let api = builder.build().map_err(|error| with_flags(&error))?;
        Ok(Self {
            algorithms: settings.algorithms().iter().map(ToString::to_string).collect(),
            audiences: settings.list("audience"),
            dpop: settings.dpop(),
            has_required_claims: settings.is_strict() || settings.has("required_claims"),
            is_strict: settings.is_strict(),
            knows_nonces: settings.has("dpop_nonce_secrets"),
            leeway: settings.text("leeway"),
            now,
            proof_window: (
                settings.duration("dpop_max_age", PROOF_AGE),
                settings.duration("dpop_leeway", PROOF_LEEWAY),
            ),
            public_url: settings.text("public_url"),
            scopes: options.scope.iter().flat_map(|scopes| scopes.split_whitespace()).map(str::to_owned).collect(),
            ..Self::of(api)
        })
    }

    /// Describes a client with default settings.
    pub(super) fn of(api: ApiClient) -> Self {
        Self {
            api,
            algorithms: vec!["RS256".to_owned()],
            audiences: Vec::new(),
            dpop: Dpop::Accept,
            has_required_claims: false,
            is_strict: false,
            knows_nonces: false,
            leeway: None,
            now: SystemTime::UNIX_EPOCH,
            proof_window: (PROOF_AGE, PROOF_LEEWAY),
            public_url: None,
            scopes: Vec::new(),
        }
    }

    /// What the route requires; `None` without scopes.
    pub(super) fn requirement(&self) -> Option<Requirement> {
        (!self.scopes.is_empty()).then(|| Requirement::scopes(self.scopes.iter().map(String::as_str)))
    }
}

/// Names a flag as the person wrote it, where core names its setting.
fn with_flags(error: &BuildError) -> String {
    let name = |text: String, (key, flag): &(&str, &str)| text.replace(&format!(" {key}: "), &format!(" {flag}: "));
    FLAGS.iter().fold(error.to_string(), name)
}

fn read(file: &Path) -> Result<String, String> {
    file::read(file).map(|text| text.to_string()).map_err(|error| error.to_string())
}

const FLAGS: [(&str, &str); 4] = [
    ("domain", "--domain"),
    ("audience", "--audience"),
    ("algorithms", "--algorithm"),
    ("decryption_key_file", "--decryption-key"),
];
/// The settings without a default, and what to do if one is missing.
const MANDATORY: [(&str, &str); 2] = [
    ("domain", "the domain of the tenant is missing: set --domain or AUTH0_DOMAIN"),
    ("audience", "the identifier of your API is missing: set --audience or AUTH0_AUDIENCE"),
];
/// The defaults of core.
const PROOF_AGE: Duration = Duration::from_secs(300);
const PROOF_LEEWAY: Duration = Duration::from_secs(30);
