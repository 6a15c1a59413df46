//! The accounts that the user has connected: `/me/v1/connected-accounts/accounts`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::StatusCode;
use serde_json::{Value, json};

use super::caller::Caller;
use super::error::MyAccountError;
use super::page::Paging;
use crate::ledger::StoredAccount;
use crate::state::Tenant;
use crate::timestamp::timestamp;

pub(crate) async fn list(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, MyAccountError> {
    caller.may_read()?;
    let paging = Paging::read(&query.unwrap_or_default())?;
    let wanted = |known: &&StoredAccount| paging.connection.as_deref().is_none_or(|c| c == known.account.connection());
    let ledger = tenant.ledger();
    let accounts = ledger.accounts.of_user(&caller.user_id).filter(wanted).map(|known| (&known.id, shown(known)));
    Ok(Json(paging.page("accounts", accounts.map(|(id, shown)| (id.clone(), shown)).collect())))
}

pub(crate) async fn remove(
    State(tenant): State<Arc<Tenant>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, MyAccountError> {
    caller.may_delete()?;
    if tenant.ledger().accounts.remove(&caller.user_id, &id) {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(MyAccountError::new(StatusCode::NOT_FOUND, "The user has no connected account with this id"))
}

/// Returns an account as the API shows it.
pub(super) fn shown(known: &StoredAccount) -> Value {
    json!({
        "id": known.id,
        "connection": known.account.connection(),
        "access_type": "offline",
        "scopes": known.account.known_scopes(),
        "created_at": timestamp(known.linked_at),
    })
}
