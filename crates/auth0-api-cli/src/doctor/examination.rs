//! The order in which the doctor looks: from this machine to the tenant, and from the tenant's documents to its record.

use auth0_api_core::ApiClient;

use super::environment::Environment;
use super::finding::{Diagnosis, Finding};
use super::options::DoctorOptions;
use super::subject::Subject;
use super::{certificates, clock, discovery, keys, proxy, reachability, record, redis, settings, verifier};

pub(super) async fn examine(options: &DoctorOptions, environment: &Environment, findings: &Diagnosis) {
    certificates::look(environment, findings);
    let client = settings::client(options, environment, findings);
    redis::look(options, environment, findings).await;
    let Some(api) = client else {
        let text = "the tenant, its keys and its record: the settings name no usable tenant";
        return findings.add(Finding::not_looked("tenant", text));
    };
    let (mut reached, mut unproven) = (None, Vec::new());
    let issuers = api.issuers();
    let is_one = issuers.len() == 1;
    for issuer in issuers {
        if !is_one {
            findings.begin_domain(&issuer);
        }
        let subject = Subject { options, environment, dpop: environment.api.dpop(), issuer, http: api.http_client() };
        let standing = tenant(&subject, &api, findings).await;
        if standing != Standing::Tenant {
            unproven.push(subject.issuer.clone());
        }
        if standing != Standing::Unreachable {
            reached = Some(subject);
        }
    }
    findings.end_domains();
    if let Some(subject) = reached {
        record::look(&subject, &unproven, findings).await;
    }
}

/// What the doctor knows about a domain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Something answers there, and its discovery has a fault.
    Doubtful,
    /// Its discovery document is that of the tenant.
    Tenant,
    Unreachable,
}

/// Looks at one tenant.
async fn tenant(subject: &Subject<'_>, api: &ApiClient, findings: &Diagnosis) -> Standing {
    let route = proxy::look(subject, findings);
    if !reachability::look(subject, &route, findings).await {
        let text = "discovery, keys, clock and record: the tenant cannot be reached";
        findings.add(Finding::not_looked("tenant", text));
        return Standing::Unreachable;
    }
    let before = findings.faults();
    let found = discovery::look(subject, findings).await;
    let standing = if findings.faults() == before { Standing::Tenant } else { Standing::Doubtful };
    if let Some(jwks_uri) = &found.jwks_uri {
        keys::look(subject, jwks_uri, findings).await;
    }
    if findings.faults() == before {
        verifier::look(api, &subject.issuer, findings).await;
    }
    if let Some(date) = found.date {
        findings.add(clock::compare(found.arrived_at, &date, found.age.as_deref()));
    }
    standing
}
