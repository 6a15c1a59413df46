//! On-behalf-of: an API exchanges the token that it received for a token for the next API. The new token is for the
//! same user and names the API's client as the actor.

use serde_json::Value;

use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::{ACCESS_TOKEN, Extras, Issue, for_api, is_openid, requested_details};
use crate::own_token;
use crate::registry::Organization;
use crate::{ActorClaim, Api, User};

pub(super) fn issue(call: &Call<'_>) -> Result<Value, ErrorResponse> {
    let identifier = call.client.identifier().ok_or_else(|| ErrorResponse::unauthorized_client(NOT_AN_API))?;
    if call.parameters.get("requested_token_type").is_some_and(|requested| requested != ACCESS_TOKEN) {
        return Err(ErrorResponse::invalid_request(format!("requested_token_type must be {ACCESS_TOKEN}")));
    }
    // RFC 8693 §2.2.2: the error for an invalid subject token is invalid_request.
    let subject = own_token::verify(call.tenant, call.parameters.require("subject_token")?, identifier)
        .map_err(|reason| ErrorResponse::invalid_request(format!("The subject_token is rejected: {reason}")))?;
    let api = call.api()?;
    let text = |claim: &str| subject.get(claim).and_then(Value::as_str);
    let scopes = call.parameters.scopes().map(|mut requested| {
        requested.retain(|scope| !is_openid(scope));
        for_api(api, &requested)
    });
    let organization = text("org_id")
        .map(|id| Organization { id: id.to_owned(), name: text("org_name").unwrap_or_default().to_owned() });
    // The subject stays who it was, also if its id does not say so.
    let profile = subject.get("sub_profile").filter(|_| api.has_agent_subject_claims());
    let profile = profile.map(|profile| ("sub_profile".to_owned(), profile.clone())).into_iter();
    let issue = Issue {
        call,
        api: Some(api),
        user: Some(&User::new(text("sub").unwrap_or_default())),
        scopes,
        organization: organization.as_ref(),
        login: None,
        claims: profile.chain([("act".to_owned(), nested(actor(call, api), subject.get("act"))?)]).collect(),
        authorization_details: requested_details(Some(api), call.parameters)?,
        extras: Extras::default(),
    };
    let mut answer = issue.answer();
    answer.insert("issued_token_type".into(), ACCESS_TOKEN.into());
    Ok(answer.into())
}

/// Returns the calling client as an actor. If the client is an agent, the actor is the agent.
fn actor(call: &Call<'_>, api: &Api) -> ActorClaim {
    match call.client.agent_id() {
        None => ActorClaim::new(call.client.id()),
        Some(agent) if api.has_agent_subject_claims() => ActorClaim::agent(agent).client_id(call.client.id()),
        Some(agent) => ActorClaim::new(agent).client_id(call.client.id()),
    }
}

/// Makes the claim `act`: the calling client, with the earlier actors nested inside
/// ([RFC 8693 §4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).
fn nested(actor: ActorClaim, act: Option<&Value>) -> Result<Value, ErrorResponse> {
    let levels = std::iter::successors(act, |level| level.get("act")).take(MAX_ACTORS).count();
    if levels == MAX_ACTORS {
        return Err(ErrorResponse::invalid_request("Delegation chain depth exceeds the maximum"));
    }
    Ok(act.into_iter().fold(actor, |actor, act| actor.member("act", act.clone())).into())
}

/// Auth0 documents at most five nested actors, and rejects a subject that has four.
const MAX_ACTORS: usize = 4;

pub(super) const NOT_AN_API: &str =
    "The client is not linked to an API: only a Custom API client may exchange access tokens";
