//! The keys, as the API itself reads them: the last word, if nothing else is wrong.

use auth0_api_core::issuer::IssuerError;
use auth0_api_core::{ApiClient, Error};

use super::finding::{Diagnosis, Finding};
use crate::printable::printable;

/// Fetches the keys of one issuer: those of another domain may be unavailable.
pub(super) async fn look(api: &ApiClient, issuer: &str, findings: &Diagnosis) {
    let Err(error) = api.refresh_now(issuer).await else {
        return findings.add(Finding::passed("verifier", "the API has fetched its keys, and is ready"));
    };
    let text = match &error {
        IssuerError::Unavailable(unavailable) => format!("{unavailable}: {}", unavailable.cause),
        error => error.to_string(),
    };
    let error = Error::from(error);
    let hint = error.hint().map_or_else(|| "look at the cause".into(), |hint| printable(&hint));
    findings.add(Finding::problem("keys_unavailable", printable(&text)).api(hint));
}
