//! Custom token exchange: the profile's Action checks the subject token and names the user.

use http::{StatusCode, header};
use serde_json::{Map, Value, json};

use super::session_transfer;
use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::{ACCESS_TOKEN, Extras, Issue, for_user, requested_details};
use crate::ledger::Login;
use crate::must::random_text;
use crate::registry::{Action, RejectionKind};
use crate::{ExchangeRejection, ExchangeRequest, Exchanged};

pub(super) fn issue(call: &Call<'_>, action: &Action) -> Result<Value, ErrorResponse> {
    reject_locked_out_address(call)?;
    let decide = || -> Result<Exchanged, ErrorResponse> {
        action.decide(&request(call)?).map_err(|rejection| rejected(call, rejection))
    };
    if session_transfer::is_requested(call) {
        session_transfer::check(call)?;
        let Exchanged { user, actor } = decide()?;
        return session_transfer::issue(call, &user, actor.as_ref());
    }
    let api = call.api()?;
    let Exchanged { user, actor } = decide()?;
    let act = actor.map(|actor| ("act".to_owned(), actor.into()));
    let issue = Issue {
        call,
        api: Some(api),
        user: Some(&user),
        scopes: call.parameters.scopes().map(|requested| for_user(Some(api), &requested)),
        organization: call.organization(&user)?,
        login: Some(Login { at: call.tenant.clock.now(), session_id: None }),
        claims: Map::from_iter(act),
        authorization_details: requested_details(Some(api), call.parameters)?,
        extras: Extras::for_user(call),
    };
    let mut answer = issue.answer();
    answer.insert("issued_token_type".into(), ACCESS_TOKEN.into());
    Ok(answer.into())
}

fn request(call: &Call<'_>) -> Result<ExchangeRequest, ErrorResponse> {
    let parameters = call.parameters;
    let text = |name| parameters.get(name).unwrap_or_default().to_owned();
    let organization = parameters.get("organization").map(|wanted| {
        let known = call.tenant.registry.organization(wanted);
        known
            .map(|known| known.id.clone())
            .ok_or_else(|| ErrorResponse::invalid_request(format!("Organization not found: {wanted}")))
    });
    Ok(ExchangeRequest {
        subject_token: text("subject_token"),
        subject_token_type: text("subject_token_type"),
        actor: actor(call)?,
        audience: call.audience()?.unwrap_or_default().to_owned(),
        scopes: parameters.scopes().into_iter().flatten().map(str::to_owned).collect(),
        organization: organization.transpose()?,
        client_id: call.client.id().to_owned(),
        extra: parameters.extras(),
    })
}

/// Returns the actor token and its type. RFC 8693 §2.1: a request must have both parameters or neither.
fn actor(call: &Call<'_>) -> Result<Option<(String, String)>, ErrorResponse> {
    match (call.parameters.get("actor_token"), call.parameters.get("actor_token_type")) {
        (Some(token), Some(token_type)) => Ok(Some((token.to_owned(), token_type.to_owned()))),
        (None, None) => Ok(None),
        _ => Err(ErrorResponse::invalid_request("actor_token and actor_token_type go together")),
    }
}

fn rejected(call: &Call<'_>, rejection: ExchangeRejection) -> ErrorResponse {
    match rejection.0 {
        RejectionKind::Denied { code, description } => ErrorResponse::new(StatusCode::BAD_REQUEST, code, description),
        RejectionKind::MfaRequired => {
            let description = "Multifactor authentication required";
            let requirements = json!({ "challenge": [{ "type": "otp" }] });
            ErrorResponse::new(StatusCode::FORBIDDEN, "mfa_required", description)
                .with_member("mfa_token", random_text().into())
                .with_member("mfa_requirements", requirements)
        }
        RejectionKind::SubjectRejected { description } => {
            call.tenant.ledger().subject_rejected(call.address, call.tenant.clock.now());
            ErrorResponse::invalid_request(description)
        }
    }
}

/// Rejects a request from an address that is locked out. In this way Auth0 protects subject tokens against guessing.
fn reject_locked_out_address(call: &Call<'_>) -> Result<(), ErrorResponse> {
    let locked_out = call.tenant.ledger().locked_out(call.address, call.tenant.clock.now());
    locked_out.map_or(Ok(()), |wait| {
        let description = "We have detected suspicious login behavior and further attempts will be blocked.";
        let rejection = ErrorResponse::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", description);
        Err(rejection.with_header(header::RETRY_AFTER, wait.as_secs().max(1).to_string()))
    })
}
