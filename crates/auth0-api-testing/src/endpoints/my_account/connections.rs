//! The connections of which a user can connect accounts: `/me/v1/connected-accounts/connections`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{RawQuery, State};
use serde_json::{Value, json};

use super::caller::Caller;
use super::error::MyAccountError;
use super::page::Paging;
use crate::Connection;
use crate::state::Tenant;

pub(crate) async fn list(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, MyAccountError> {
    caller.may_read()?;
    let paging = Paging::read(&query.unwrap_or_default())?;
    let usable = tenant.registry.connections.iter().filter(|connection| connection.has_offline_access());
    Ok(Json(paging.page("connections", usable.map(|known| (known.name().to_owned(), shown(known))).collect())))
}

fn shown(known: &Connection) -> Value {
    json!({ "name": known.name(), "strategy": known.strategy_name(), "scopes": known.known_scopes() })
}
