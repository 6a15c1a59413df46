//! The discovery document: its URL, its answer, its issuer, and where the keys are.

use std::time::{Duration, SystemTime};

use auth0_api_core::http::{HttpError, HttpMethod, HttpRequest, HttpResponse};
use auth0_api_core::{Clock as _, SystemClock};
use serde_json::{Map, Value};

use super::finding::{Diagnosis, Finding};
use super::subject::Subject;
use super::trouble::{self, LARGEST_DOCUMENT};
use crate::api_settings::Dpop;
use crate::printable::printable;

/// What the other parts need of the document.
#[derive(Debug)]
pub(super) struct Found {
    /// The URL of the key set, if it is on an allowed host.
    pub(super) jwks_uri: Option<String>,
    /// When the answer arrived, by the clock of this machine.
    pub(super) arrived_at: SystemTime,
    /// The header `Date` of the answer.
    pub(super) date: Option<String>,
    /// The header `Age` of the answer, if it comes from a cache.
    pub(super) age: Option<String>,
}

pub(super) async fn look(subject: &Subject<'_>, findings: &Diagnosis) -> Found {
    let url = format!("{}.well-known/openid-configuration", subject.issuer);
    let answer = get(subject, &url).await;
    let arrived_at = SystemClock.now();
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            findings.add(trouble::explain(subject, "the discovery document", &error));
            return Found { jwks_uri: None, arrived_at, date: None, age: None };
        }
    };
    let header = |name| answer.header(name).map(str::to_owned);
    let (date, age) = (header("date"), header("age"));
    let document = match read(subject, &url, &answer) {
        Ok(document) => document,
        Err(finding) => {
            findings.add(finding);
            return Found { jwks_uri: None, arrived_at, date, age };
        }
    };
    let faults: Vec<_> = [issuer(subject, &document), content_type(&answer), key_set(subject, &document)]
        .into_iter()
        .flatten()
        .collect();
    if faults.is_empty() {
        let text =
            format!("{url} answers {} with {} octets of JSON, and names this issuer", answer.status, answer.body.len());
        findings.add(Finding::passed("discovery", text));
    }
    findings.extend(faults);
    findings.extend(proofs(subject, &document));
    let jwks_uri = document.get("jwks_uri").and_then(Value::as_str).filter(|uri| is_allowed(subject, uri));
    Found { date, age, arrived_at, jwks_uri: jwks_uri.map(str::to_owned) }
}

/// Gets a document, as core does: no redirects, and limits on size and time.
pub(super) async fn get(subject: &Subject<'_>, url: &str) -> Result<HttpResponse, HttpError> {
    let request =
        HttpRequest::new(HttpMethod::Get, url, LARGEST_DOCUMENT, TIMEOUT).header("accept", "application/json");
    request.send(&*subject.http).await
}

/// Reads a JSON object, or explains why the answer has none.
pub(super) fn read(subject: &Subject<'_>, url: &str, answer: &HttpResponse) -> Result<Map<String, Value>, Finding> {
    let (host, _) = subject.authority();
    let domain = "correct AUTH0_DOMAIN: the dashboard shows the domain in the settings of each application";
    match answer.status {
        200 => serde_json::from_slice(&answer.body).map_err(|_| {
            Finding::problem("document_not_json", format!("{url} answers something else than a JSON object"))
                .api(domain)
                .machine("let no proxy or captive portal answer in place of the tenant")
        }),
        300..=399 => {
            let to = answer.header("location").and_then(host_of).unwrap_or_else(|| "another URL".into());
            let text = format!("{url} answers {}: a redirect to {to}, which the API does not follow", answer.status);
            Err(Finding::problem("redirected", text)
                .api(format!("set AUTH0_DOMAIN to the domain that answers itself, perhaps {to}")))
        }
        status @ (408 | 429 | 500..) => Err(Finding::not_looked(
            "tenant_unavailable",
            format!("{url} answers {status}: an outage or a rate limit of {host}"),
        )),
        status => {
            let text = format!("{url} answers {status}: {host} is no tenant");
            Err(Finding::problem("no_tenant", text).api(domain))
        }
    }
}

/// OpenID Connect Discovery §4.3: the issuer of the document and the configured one are equal, octet by octet.
fn issuer(subject: &Subject<'_>, document: &Map<String, Value>) -> Option<Finding> {
    let expected = &subject.issuer;
    let Some(found) = document.get("issuer").and_then(Value::as_str) else {
        let finding = Finding::problem("issuer_missing", "the discovery document has no issuer");
        return Some(finding.api("correct AUTH0_DOMAIN: this is no document of a tenant"));
    };
    let shown = printable(found);
    if found == expected {
        None
    } else if format!("{found}/") == *expected {
        let text = format!(
            "the document names {shown} without a slash at its end, and the tokens of Auth0 have one: {expected}"
        );
        let mend = "serve the document of the tenant unchanged: Auth0 writes the slash";
        Some(Finding::problem("issuer_without_slash", text).tenant(mend))
    } else {
        let text = format!("AUTH0_DOMAIN stands for {expected}, and its document names {shown}");
        let host = host_of(found).unwrap_or(shown);
        let kind = if is_canonical(&host) { "canonical domain" } else { "custom domain" };
        let finding =
            Finding::problem("issuer_of_other_domain", text).api(format!("AUTH0_DOMAIN={host}, the tenant's {kind}"));
        let mend = format!("let clients log in at {}, if their tokens are to have this issuer", subject.authority().0);
        Some(finding.tenant(mend))
    }
}

fn content_type(answer: &HttpResponse) -> Option<Finding> {
    let found = answer.header("content-type").unwrap_or_default();
    let media_type = found.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = media_type == "application/json" || media_type.ends_with("+json");
    (!is_json).then(|| {
        let text =
            format!("the discovery document has the content type \"{}\", not application/json", printable(found));
        Finding::warning("document_type", text)
            .machine("look for a proxy that changes the tenant's answers: other libraries reject this type")
    })
}

/// Core accepts keys of the issuer's own host, and of hosts that are allowed by name.
fn key_set(subject: &Subject<'_>, document: &Map<String, Value>) -> Option<Finding> {
    let Some(uri) = document.get("jwks_uri").and_then(Value::as_str) else {
        let finding = Finding::problem("jwks_uri_missing", "the discovery document names no key set (jwks_uri)");
        return Some(finding.api("correct AUTH0_DOMAIN: this is no document of a tenant"));
    };
    if is_allowed(subject, uri) {
        return None;
    }
    let host = host_of(uri).unwrap_or_else(|| "no host".into());
    let text = format!("the keys are at {}, not at {}", printable(uri), subject.issuer);
    let mend = format!(
        "AUTH0_DOMAIN={host}; or, if you trust this host, AUTH0_JWKS_HOSTS={host}, or allow_jwks_host({host:?}) and --jwks-host {host}"
    );
    Some(Finding::problem("jwks_uri_elsewhere", text).api(mend))
}

/// Whether the doctor may fetch the keys. A document must not make it send requests to any host.
fn is_allowed(subject: &Subject<'_>, uri: &str) -> bool {
    let (scheme, _) = subject.issuer.split_once("://").unwrap_or_default();
    let allowed = |host: &String| uri.starts_with(&format!("{scheme}://{}/", host.to_ascii_lowercase()));
    uri.starts_with(&subject.issuer)
        || subject.options.jwks_hosts.iter().any(allowed)
        || subject.environment.api.list("jwks_hosts").iter().any(allowed)
}

/// RFC 9449 §5.1: the document lists the algorithms of proofs.
fn proofs(subject: &Subject<'_>, document: &Map<String, Value>) -> Option<Finding> {
    let listed = document.get("dpop_signing_alg_values_supported").and_then(Value::as_array);
    let has_es256 = listed.is_some_and(|listed| listed.iter().any(|algorithm| algorithm == "ES256"));
    (subject.dpop == Dpop::Require && !has_es256).then(|| {
        let text = format!(
            "{}, and dpop_signing_alg_values_supported of the discovery document does not list ES256",
            subject.dpop_setting()
        );
        Finding::warning("dpop_not_offered", text)
            .api(format!("{}, or DpopPolicy::accept()", subject.dpop_setting_of(Dpop::Accept)))
            .tenant("switch on Sender Constraining in the settings of the API")
    })
}

/// Returns the host of a URL, and its port if it has one.
fn host_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    Some(printable(authority)).filter(|host| !host.is_empty())
}

fn is_canonical(host: &str) -> bool {
    host.ends_with(".auth0.com")
}

/// As for the documents that core fetches.
const TIMEOUT: Duration = Duration::from_secs(5);
