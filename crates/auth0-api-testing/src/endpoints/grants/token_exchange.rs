//! Token exchange ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)): the type of the subject token selects
//! on-behalf-of or an exchange profile.

use serde_json::Value;

use super::{on_behalf_of, profile};
use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::ACCESS_TOKEN;
use crate::ledger::StoredProfile;

pub(crate) fn token_exchange(call: &Call<'_>) -> Result<Value, ErrorResponse> {
    call.parameters.require("subject_token")?;
    let subject_token_type = call.parameters.require("subject_token_type")?;
    if subject_token_type == ACCESS_TOKEN {
        return on_behalf_of::issue(call);
    }
    let action_id = call.tenant.ledger().exchange_profiles.of_type(subject_token_type).map(StoredProfile::action_id);
    match action_id.and_then(|id| call.tenant.registry.action(&id)) {
        Some(action) => profile::issue(call, action),
        None => {
            Err(ErrorResponse::invalid_request(format!("No profile for the subject_token_type {subject_token_type}")))
        }
    }
}
