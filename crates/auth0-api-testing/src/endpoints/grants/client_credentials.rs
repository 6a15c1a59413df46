//! Client credentials: a token for the client itself, or for the agent that the client is
//! ([RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).

use serde_json::{Map, Value};

use crate::Api;
use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::{Extras, Issue, for_api, requested_details};
use crate::mint_callers::CLIENT_CREDENTIALS;

pub(crate) fn client_credentials(call: &Call<'_>) -> Result<Value, ErrorResponse> {
    let api = call.api()?;
    let issue = Issue {
        call,
        api: Some(api),
        user: None,
        scopes: scopes(call, api),
        organization: None,
        login: None,
        claims: Map::from_iter([("gty".to_owned(), CLIENT_CREDENTIALS.into())]),
        authorization_details: requested_details(Some(api), call.parameters)?,
        extras: Extras::default(),
    };
    Ok(issue.answer().into())
}

/// Returns the requested scopes that the API has. As in Auth0, a client that requests none gets all of them.
fn scopes(call: &Call<'_>, api: &Api) -> Option<Vec<String>> {
    let all = || Some(api.known_scopes().to_vec()).filter(|scopes| !scopes.is_empty());
    call.parameters.scopes().map_or_else(all, |requested| Some(for_api(api, &requested)))
}
