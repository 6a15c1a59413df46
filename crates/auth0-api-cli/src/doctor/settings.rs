//! The settings of the API, as the API itself reads them.

use auth0_api_core::{ApiClient, BuildError, ConfigProblem};

use super::environment::Environment;
use super::finding::{Diagnosis, Finding};
use super::options::DoctorOptions;
use super::printable::printable;

/// What the API does with DPoP: the variable `DPOP` of the examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dpop {
    Accept,
    Ignore,
    Require,
}

/// Builds the client of the API; `None` if its settings are unusable.
pub(super) fn client(options: &DoctorOptions, environment: &Environment, findings: &Diagnosis) -> Option<ApiClient> {
    let padded = environment.raw.iter().filter(|(_, value)| value.trim() != value && !value.trim().is_empty());
    findings.extend(padded.map(|(name, _)| {
        Finding::warning("white_space", format!("{name} begins or ends with white space, which from_env removes"))
            .api(format!("remove the white space from {name}: other programs read it as a part of the value"))
    }));
    let builder = ApiClient::from_env().algorithms(options.algorithms.iter().copied());
    match options.jwks_hosts.iter().fold(builder, |builder, host| builder.allow_jwks_host(host.as_str())).build() {
        Ok(api) => {
            let issuer = api.issuers().concat();
            let text = format!("issuer {issuer}, audience {}", printable(&environment.audience));
            findings.add(Finding::passed("settings", text));
            Some(api)
        }
        Err(error) => {
            findings.extend(problems(&error));
            None
        }
    }
}

/// Reads the mode. A value that is none counts as the default.
pub(super) fn dpop(environment: &Environment, findings: &Diagnosis) -> Dpop {
    match environment.dpop.as_deref() {
        None | Some("accept") => Dpop::Accept,
        Some("ignore") => Dpop::Ignore,
        Some("require") => Dpop::Require,
        Some(other) => {
            let text = format!("DPOP is {:?}, which is no mode", printable(other));
            findings.add(Finding::problem("dpop_mode_unknown", text).api("set DPOP to accept, ignore or require"));
            Dpop::Accept
        }
    }
}

fn problems(error: &BuildError) -> Vec<Finding> {
    error.problems().iter().map(problem).collect()
}

fn problem(problem: &ConfigProblem) -> Finding {
    let told = problem.to_string();
    match problem {
        ConfigProblem::HttpClient(_) => Finding::problem(
            "no_ca_certificates",
            "this machine has no certificates of authorities, so it trusts no tenant",
        )
        .machine("install them (Debian: ca-certificates), or name a file of them in SSL_CERT_FILE")
        .api("http_client() with your own certificates"),
        ConfigProblem::Setting { name, error, .. } => {
            Finding::problem("variable_unusable", format!("the value of {name} cannot be used"))
                .api(format!("{name}: {error}"))
        }
        problem => {
            let text = format!("the setting {} cannot be used", problem.option());
            Finding::problem("setting_unusable", text).api(mend(problem.option(), &told))
        }
    }
}

/// Names the variable of a setting that `ApiClient::from_env` reads.
fn mend(option: &str, told: &str) -> String {
    let variable = match option {
        "audience" => "AUTH0_AUDIENCE",
        "client_auth" => "AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET",
        "decryption_keys" => "AUTH0_DECRYPTION_KEY_FILE",
        "domain" => "AUTH0_DOMAIN",
        _ => return told.to_owned(),
    };
    format!("{variable}: {told}")
}
