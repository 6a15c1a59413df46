//! Token exchange profiles: `/api/v2/token-exchange-profiles`. A change has an effect on the next token request.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::error::ManagementError;
use super::input::{Body, Page, TYPE};
use super::scopes::{CREATE, DELETE, READ, UPDATE};
use crate::ledger::{Changed, StoredProfile};
use crate::registry::ExchangeProfile;
use crate::state::Tenant;
use crate::timestamp::timestamp;

pub(crate) async fn list(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, ManagementError> {
    caller.must_have(READ)?;
    let page = Page::read(&tenant, &query.unwrap_or_default())?;
    let ledger = tenant.ledger();
    let mut rest = ledger.exchange_profiles.from(page.from);
    let shown: Vec<_> = rest.by_ref().take(page.take).map(shown).collect();
    let mut body = Map::from_iter([("token_exchange_profiles".to_owned(), shown.into())]);
    let next = rest.next().map(|known| tenant.checkpoints.issue(known.number, tenant.clock.now()));
    body.extend(next.map(|checkpoint| ("next".to_owned(), checkpoint.into())));
    Ok(Json(body.into()))
}

pub(crate) async fn create(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), ManagementError> {
    caller.must_have(CREATE)?;
    let mut body = Body::read(&body)?;
    body.require(&["name", "subject_token_type", "action_id", "type"]);
    body.kind();
    let (name, subject_token_type, action_id) = (body.name(), body.subject_token_type(), body.action_id());
    if action_id.as_deref().is_some_and(|id| tenant.registry.action(id).is_none()) {
        body.problem("action_id is not the id of an Action of this tenant");
    }
    body.finish()?;
    let profile = ExchangeProfile {
        name: name.unwrap_or_default(),
        subject_token_type: subject_token_type.unwrap_or_default(),
        action_id: action_id.unwrap_or_default(),
    };
    let now = tenant.clock.now();
    let stored = tenant.ledger().exchange_profiles.add(profile, now).ok_or_else(ManagementError::conflict)?;
    Ok((StatusCode::CREATED, Json(shown(&stored))))
}

pub(crate) async fn show(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, ManagementError> {
    caller.must_have(READ)?;
    let ledger = tenant.ledger();
    ledger.exchange_profiles.get(&id).map(|known| Json(shown(known))).ok_or_else(ManagementError::not_found)
}

pub(crate) async fn change(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, ManagementError> {
    caller.must_have(UPDATE)?;
    let mut body = Body::read(&body)?;
    let (name, subject_token_type) = (body.name(), body.subject_token_type());
    if name.is_none() && subject_token_type.is_none() {
        body.problem("the body must have name or subject_token_type");
    }
    body.finish()?;
    let now = tenant.clock.now();
    match tenant.ledger().exchange_profiles.change(&id, name, subject_token_type, now) {
        Changed::Yes => Ok(StatusCode::NO_CONTENT),
        Changed::Unknown => Err(ManagementError::not_found()),
        Changed::Conflict => Err(ManagementError::conflict()),
    }
}

/// As in Auth0, to delete a profile that does not exist is no error.
pub(crate) async fn remove(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ManagementError> {
    caller.must_have(DELETE)?;
    tenant.ledger().exchange_profiles.remove(&id);
    Ok(StatusCode::NO_CONTENT)
}

/// Returns a profile as the API shows it.
fn shown(known: &StoredProfile) -> Value {
    json!({
        "id": known.id,
        "name": known.profile.name,
        "subject_token_type": known.profile.subject_token_type,
        "action_id": known.profile.action_id,
        "type": TYPE,
        "created_at": timestamp(known.created_at),
        "updated_at": timestamp(known.updated_at),
    })
}
