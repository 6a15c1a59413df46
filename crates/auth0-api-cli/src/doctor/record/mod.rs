//! The tenant's own record of the API, compared with what the API has set.

mod access;
mod binding;
mod callers;
mod encryption;
mod signing;

use std::sync::Arc;

use auth0_api_management::{ManagementClient, ManagementError, ResourceServer};

use super::finding::{Diagnosis, Finding};
use super::subject::Subject;
use crate::printable::printable;

/// Looks at the record, unless the Management API would be at one of the `unproven` issuers: what answers there must
/// not get a management token. A domain that only `AUTH0_MANAGEMENT_DOMAIN` names is the choice of the operator.
pub(super) async fn look(subject: &Subject<'_>, unproven: &[String], findings: &Diagnosis) {
    let client = match access::client(&subject.options.management, Arc::clone(&subject.http)) {
        Ok(Some(client)) => client,
        Ok(None) => return,
        Err(finding) => return findings.add(finding),
    };
    if unproven.iter().any(|issuer| issuer == client.issuer()) {
        return findings.add(access::withheld(client.issuer()));
    }
    for audience in subject.environment.api.list("audience").iter().take(MOST_AUDIENCES) {
        match client.resource_servers().get(audience).await {
            Ok(record) => findings.extend(compare(subject, &record)),
            Err(ManagementError::NotFound(_)) => findings.add(unknown(&client, audience).await),
            Err(error) => return findings.add(access::explain(&error)),
        }
    }
}

/// Returns one finding if all is well, and else one for each difference.
fn compare(subject: &Subject<'_>, record: &ResourceServer) -> Vec<Finding> {
    let mut faults = signing::compare(subject, record);
    faults.extend(binding::compare(subject, record));
    faults.extend(encryption::compare(subject, record));
    faults.extend(callers::compare(subject, record));
    if faults.is_empty() { vec![passed(record)] } else { faults }
}

fn passed(record: &ResourceServer) -> Finding {
    let or_unknown = |flag: Option<bool>| flag.map_or_else(|| "unknown".into(), |flag| flag.to_string());
    let text = format!(
        "{}: signing_alg {}, token_dialect {}, RBAC {}, offline access {}, consent of first-party users skipped {}",
        printable(record.identifier()),
        printable(record.signing_algorithm().unwrap_or("unknown")),
        printable(record.token_dialect().map_or("unknown", |dialect| dialect.as_str())),
        or_unknown(record.enforces_policies()),
        or_unknown(record.allows_offline_access()),
        or_unknown(record.skips_consent()),
    );
    Finding::passed("record", text)
}

/// The tenant has no API with this identifier. Often it has one that differs by a slash.
async fn unknown(client: &ManagementClient, audience: &str) -> Finding {
    let other = audience.strip_suffix('/').map_or_else(|| format!("{audience}/"), str::to_owned);
    let shown = printable(audience);
    let finding = Finding::problem("audience_unknown", format!("the tenant has no API with the identifier {shown}"));
    if client.resource_servers().get(&other).await.is_ok() {
        return finding.api(format!("AUTH0_AUDIENCE={}, which the tenant has", printable(&other)));
    }
    finding
        .api("set AUTH0_AUDIENCE to the Identifier of the API (Applications, APIs)")
        .tenant(format!("create an API with the identifier {shown}"))
}

/// An API with more audiences is looked at in part.
const MOST_AUDIENCES: usize = 10;
