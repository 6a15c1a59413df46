//! The settings of the API, as the API itself reads them.

use auth0_api_core::{ApiClient, BuildError, ConfigProblem};

use super::environment::Environment;
use super::finding::{Diagnosis, Finding};
use super::options::DoctorOptions;
use crate::api_settings::ApiSettings;
use crate::printable::printable;

/// Builds the client of the API; `None` if its settings are unusable.
pub(super) fn client(options: &DoctorOptions, environment: &Environment, findings: &Diagnosis) -> Option<ApiClient> {
    let padded = environment.raw.iter().filter(|(_, value)| value.trim() != value && !value.trim().is_empty());
    findings.extend(padded.map(|(name, _)| {
        Finding::warning("white_space", format!("{name} begins or ends with white space, which the API removes"))
            .api(format!("remove the white space from {name}: other programs read it as a part of the value"))
    }));
    findings.extend(environment.api.warnings().iter().map(|warning| {
        let text = format!("{} has no effect", printable(warning.variable()));
        Finding::warning(warning.label(), text).api(printable(&warning.hint()))
    }));
    let builder = environment.api.builder();
    match options.jwks_hosts.iter().fold(builder, |builder, host| builder.allow_jwks_host(host.as_str())).build() {
        Ok(api) => {
            let (issuers, audiences) = (api.issuers().join(", "), environment.api.list("audience").join(", "));
            let text = format!("issuer {issuers}, audience {}", printable(&audiences));
            findings.add(Finding::passed("settings", text));
            Some(api)
        }
        Err(error) => {
            findings.extend(problems(environment, &error));
            None
        }
    }
}

fn problems(environment: &Environment, error: &BuildError) -> Vec<Finding> {
    error.problems().iter().map(|found| problem(&environment.api, found)).collect()
}

fn problem(api: &ApiSettings, problem: &ConfigProblem) -> Finding {
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
                .api(printable(&format!("{name}: {error}")))
        }
        problem => {
            if let Some(key) = key_of(problem.option()) {
                return of_variable(api, key, problem.option(), &told);
            }
            let text = format!("the setting {} cannot be used", problem.option());
            Finding::problem("setting_unusable", text).api(printable(&told))
        }
    }
}

/// Names the variable, as the operator wrote it.
fn of_variable(api: &ApiSettings, key: &str, option: &str, told: &str) -> Finding {
    if key == "domain" && !api.has(key) {
        let mend = "set AUTH0_DOMAIN to the domain of the tenant, such as tenant.eu.auth0.com";
        return Finding::problem("setting_missing", "AUTH0_DOMAIN is not set").api(mend);
    }
    if key == "audience" && !api.has(key) {
        let mend = "set AUTH0_AUDIENCE to the Identifier of the API (Applications, APIs)";
        return Finding::problem("setting_missing", "AUTH0_AUDIENCE is not set").api(mend);
    }
    let variable = api.variable(key);
    let problem = told.strip_prefix(option).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(told);
    if !api.has(key) {
        let text = format!("{variable} is not set, and the other settings need it");
        return Finding::problem("setting_missing", text).api(printable(&format!("{variable}: {problem}")));
    }
    Finding::problem("setting_unusable", format!("the value of {variable} cannot be used"))
        .api(printable(&format!("{variable}: {problem}")))
}

/// The key of the setting, for an option of the builder that is one setting.
fn key_of(option: &str) -> Option<&str> {
    match option {
        "decryption_keys" => Some("decryption_key"),
        "domains" => Some("domain"),
        "audience" | "domain" | "exchange_domain" | "leeway" | "max_token_age" | "own_hosts" | "public_url"
        | "token_cache" => Some(option),
        _ => None,
    }
}
