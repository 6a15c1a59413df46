//! Resource servers: the APIs of the tenant, as the Management API shows them. `GET /api/v2/resource-servers/{id}`, with the
//! id or the identifier of the API.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value, json};

use super::PATH;
use super::caller::Caller;
use super::error::ManagementError;
use super::scopes::READ_RESOURCE_SERVERS;
use crate::endpoints::my_account;
use crate::state::Tenant;
use crate::{Api, TokenEncryption};

pub(crate) async fn show(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, ManagementError> {
    caller.must_have(READ_RESOURCE_SERVERS)?;
    let mut apis = tenant.registry.apis.iter();
    let api = apis.find(|api| api.identifier() == id || id_of(api) == id).ok_or_else(ManagementError::no_such_api)?;
    let mut record = record(&tenant, api);
    record.extend(tenant.settings().records.get(api.identifier()).cloned().unwrap_or_default());
    Ok(Json(record.into()))
}

/// Returns the record of an API, from its registration.
fn record(tenant: &Tenant, api: &Api) -> Map<String, Value> {
    let is_system = [PATH, my_account::PATH].map(|path| tenant.url(path)).iter().any(|own| own == api.identifier());
    let scopes: Vec<_> = api.known_scopes().iter().map(|scope| json!({ "value": scope })).collect();
    let dialect = if api.is_rfc9068() { "rfc9068_profile" } else { "access_token" };
    let details: Vec<_> = api.authorization_details_types_listed().map(|name| json!({ "type": name })).collect();
    let mut record = Map::new();
    let mut set = |member: &str, value: Value| drop(record.insert(member.to_owned(), value));
    set("id", id_of(api).into());
    set("name", api.identifier().into());
    set("identifier", api.identifier().into());
    set("is_system", is_system.into());
    set("scopes", scopes.into());
    set("signing_alg", api.signing_algorithm().name().into());
    set("allow_offline_access", api.has_offline_access().into());
    set("skip_consent_for_verifiable_first_party_clients", true.into());
    set("token_lifetime", api.lifetime().as_secs().into());
    set("enforce_policies", false.into());
    set("token_dialect", dialect.into());
    set("token_encryption", api.encryption().map(TokenEncryption::record).into());
    set("proof_of_possession", api.requires_dpop().then(|| json!({ "mechanism": "dpop", "required": true })).into());
    set("authorization_details", details.into());
    set(
        "subject_type_authorization",
        json!({
            "user": { "policy": "allow_all" },
            "client": { "policy": "require_client_grant" },
            "anonymous_user": { "policy": "deny_all" },
        }),
    );
    if api.has_agent_subject_claims() {
        set("agent_subject_claims", "auth0-v1".into());
    }
    record
}

/// Returns an id in the form of Auth0's: 24 hexadecimal digits.
fn id_of(api: &Api) -> String {
    let digest = digest(&SHA256, api.identifier().as_bytes());
    let number = digest.as_ref().iter().take(12).fold(0, |number: u128, octet| (number << 8) | u128::from(*octet));
    format!("{number:024x}")
}
