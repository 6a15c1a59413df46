//! The keys, as the API itself reads them: the last word, if nothing else is wrong.

use auth0_api_core::issuer::IssuerError;
use auth0_api_core::{ApiClient, Error};

use super::finding::{Diagnosis, Finding};
use crate::printable::printable;

pub(super) async fn look(api: &ApiClient, findings: &Diagnosis) {
    let Err(unavailable) = api.warm_up().await else {
        return findings.add(Finding::passed("verifier", "the API has fetched its keys, and is ready"));
    };
    let text = format!("{unavailable}: {}", unavailable.cause);
    let error = Error::from(IssuerError::Unavailable(unavailable));
    let hint = error.hint().map_or_else(|| "look at the cause".into(), |hint| printable(&hint));
    findings.add(Finding::problem("keys_unavailable", printable(&text)).api(hint));
}
