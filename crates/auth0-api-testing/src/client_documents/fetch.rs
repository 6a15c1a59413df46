//! Fetches a JSON document from a URL that somebody else has chosen.

use std::time::Duration;

use auth0_api_core::http::{HttpClient, HttpError, HttpMethod, HttpRequest, HttpResponse};
use serde_json::{Map, Value};

use super::error::DocumentError;

/// Returns the JSON object at a URL. `what` is the name of the document in errors.
///
/// The draft, section 5.1: only an answer with status 200 counts, and the tenant follows no redirect.
pub(super) async fn object(
    http: &dyn HttpClient,
    url: &str,
    what: &str,
    most_bytes: usize,
) -> Result<Map<String, Value>, DocumentError> {
    let request = HttpRequest::new(HttpMethod::Get, url, most_bytes, PATIENCE).header("accept", "application/json");
    // The client keeps the limits, too. A client that does not must not hold up the tenant.
    let sent = tokio::time::timeout(PATIENCE, http.send(request)).await.unwrap_or(Err(HttpError::Timeout));
    let response = sent.map_err(|error| match error {
        HttpError::TooLarge => too_large(what, most_bytes),
        HttpError::Timeout => DocumentError::Unavailable("its host did not answer in time".into()),
        HttpError::Connect(_) => DocumentError::Unavailable("its host cannot be reached".into()),
        _ => DocumentError::Unavailable("the answer of its host cannot be read".into()),
    })?;
    if response.body.len() > most_bytes {
        return Err(too_large(what, most_bytes));
    }
    match response.status {
        200 => {}
        status @ 300..=399 => {
            return Err(DocumentError::Invalid(format!("{what} answers {status}, and the tenant follows no redirect")));
        }
        status @ (408 | 429 | 500..) => return Err(DocumentError::Unavailable(format!("its host answers {status}"))),
        status => return Err(DocumentError::Invalid(format!("{what} answers {status}, not 200"))),
    }
    if !is_json(&response) {
        return Err(DocumentError::Invalid(format!("{what} does not have the content type application/json")));
    }
    serde_json::from_slice(&response.body).map_err(|_| DocumentError::Invalid(format!("{what} is not a JSON object")))
}

fn too_large(what: &str, most_bytes: usize) -> DocumentError {
    DocumentError::Invalid(format!("{what} has more than {most_bytes} bytes"))
}

/// Returns whether the content type is `application/json`, or one that ends with `+json` (RFC 6839 §3.1).
fn is_json(response: &HttpResponse) -> bool {
    let mut lines = response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let media_type = lines.next().map_or("", |(_, value)| value.split(';').next().unwrap_or_default());
    let media_type = media_type.trim().to_ascii_lowercase();
    let is_structured = media_type.strip_prefix("application/").is_some_and(|subtype| subtype.ends_with("+json"));
    lines.next().is_none() && (media_type == "application/json" || is_structured)
}

/// A person waits for the page.
const PATIENCE: Duration = Duration::from_secs(5);
