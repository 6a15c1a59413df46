//! How tokens are signed, and which claims they have.

use auth0_api_management::ResourceServer;

use super::super::finding::Finding;
use super::super::subject::Subject;
use crate::printable::printable;

pub(super) fn compare(subject: &Subject<'_>, record: &ResourceServer) -> Vec<Finding> {
    let mut faults: Vec<_> = [algorithm(subject, record), profile(subject, record)].into_iter().flatten().collect();
    faults.extend(permissions(subject, record));
    faults.extend(scopes(subject, record));
    faults
}

fn algorithm(subject: &Subject<'_>, record: &ResourceServer) -> Option<Finding> {
    let signed_with = record.signing_algorithm()?;
    let accepted = subject.environment.api.algorithms();
    let accepted: Vec<_> = accepted.iter().map(|algorithm| algorithm.name()).collect();
    if accepted.contains(&signed_with) {
        return None;
    }
    let (shown, list) = (printable(signed_with), accepted.join(", "));
    let text = format!("the tenant signs with {shown}, and the API accepts {list}: every token is rejected");
    let dashboard = "JSON Web Token Signing Algorithm (signing_alg) in the settings of the API";
    let wanted = accepted.first().unwrap_or(&"RS256");
    let finding = Finding::problem("signing_algorithm", text).tenant(format!("{dashboard}: {wanted}"));
    // An API that verifies with the secret could also sign with it.
    Some(if signed_with.starts_with("HS") { finding } else { finding.api(format!("algorithms([{shown}])")) })
}

fn profile(subject: &Subject<'_>, record: &ResourceServer) -> Option<Finding> {
    let dialect = record.token_dialect()?;
    let differs = subject.environment.api.is_strict() && !dialect.is_rfc9068();
    differs.then(|| {
        let text = format!("the API requires tokens of RFC 9068, and token_dialect is {}", printable(dialect.as_str()));
        let wanted = if dialect.has_permissions() { "rfc9068_profile_authz" } else { "rfc9068_profile" };
        Finding::problem("token_dialect", text)
            .api("leave out strict_rfc9068(), or AUTH0_STRICT_RFC9068")
            .tenant(format!("Access Token Profile in the settings of the API: RFC 9068 (token_dialect {wanted})"))
    })
}

/// The claim `permissions` needs two settings of the tenant.
fn permissions(subject: &Subject<'_>, record: &ResourceServer) -> Vec<Finding> {
    if !subject.options.permissions {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let ours = "require scopes (Requirement::scope) in place of permissions";
    if record.enforces_policies() == Some(false) {
        faults.push(
            Finding::problem(
                "rbac_off",
                "the API reads permissions, and RBAC is off (enforce_policies false): tokens have none",
            )
            .api(ours)
            .tenant("switch on Enable RBAC in the settings of the API (enforce_policies true)"),
        );
    }
    if let Some(dialect) = record.token_dialect().filter(|dialect| !dialect.has_permissions()) {
        let text = format!(
            "the API reads permissions, and token_dialect is {}: tokens have none",
            printable(dialect.as_str())
        );
        let wanted = if dialect.is_rfc9068() { "rfc9068_profile_authz" } else { "access_token_authz" };
        faults.push(
            Finding::problem("permissions_missing", text)
                .api(ours)
                .tenant(format!("switch on Add Permissions in the Access Token (token_dialect {wanted})")),
        );
    }
    faults
}

fn scopes(subject: &Subject<'_>, record: &ResourceServer) -> Option<Finding> {
    let missing: Vec<_> =
        subject.options.scopes.iter().filter(|scope| !record.scopes().any(|known| known == **scope)).collect();
    if missing.is_empty() {
        return None;
    }
    let list = missing.iter().map(|scope| printable(scope)).collect::<Vec<_>>().join(", ");
    let text = format!("the API requires scopes that the tenant does not define, so no token has them: {list}");
    Some(
        Finding::problem("scope_undefined", text)
            .api("correct the names in Requirement::scope")
            .tenant(format!("add them to the Permissions of the API (scopes): {list}")),
    )
}
