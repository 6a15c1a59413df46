//! Token Vault: exchanges a token of the user for the access token of a third party. The user must have linked an
//! account at the third party.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value};

use super::on_behalf_of::NOT_AN_API;
use super::privileged_worker;
use super::refresh_token::{consent, unknown};
use crate::LinkedAccount;
use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::issue::ACCESS_TOKEN;
use crate::ledger::VaultToken;
use crate::must::random_text;
use crate::own_token;

pub(crate) fn token_vault(call: &Call<'_>) -> Result<Value, ErrorResponse> {
    let connection = call.parameters.require("connection")?;
    let is_worker = call.parameters.get("subject_token_type") == Some(JWT);
    let token_type = if is_worker { TOKEN_VAULT_ACCESS_TOKEN } else { FEDERATED_CONNECTION_ACCESS_TOKEN };
    if call.parameters.require("requested_token_type")? != token_type {
        return Err(ErrorResponse::invalid_request(format!("requested_token_type must be {token_type}")));
    }
    let user_id = user(call)?;
    if call.tenant.registry.connection(connection).is_none() {
        return Err(ErrorResponse::invalid_request(format!("Connection not found: {connection}")));
    }
    let hint = call.parameters.get("login_hint");
    let account = call.tenant.ledger().accounts.find(&user_id, connection, hint).cloned();
    let account = account.ok_or_else(|| {
        failed("federated_connection_refresh_token_not_found", "Federated connection Refresh Token not found.")
    })?;
    if account.is_expired() {
        let description = "The third party no longer takes the refresh token of the connection.";
        return Err(failed("federated_connection_refresh_token_flow_failed", description));
    }
    let scope = scope(call, &account)?;
    Ok(answer(call, user_id, &account, scope, token_type))
}

/// Returns the id of the subject token's user.
fn user(call: &Call<'_>) -> Result<String, ErrorResponse> {
    let token = call.parameters.require("subject_token")?;
    match call.parameters.require("subject_token_type")? {
        ACCESS_TOKEN => {
            let identifier = call.client.identifier().ok_or_else(|| ErrorResponse::unauthorized_client(NOT_AN_API))?;
            let claims = own_token::verify(call.tenant, token, identifier)
                .map_err(|reason| ErrorResponse::invalid_request(format!("The subject_token is rejected: {reason}")))?;
            Ok(claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned())
        }
        REFRESH_TOKEN => {
            // Auth0 requires that the rotation is off, because the exchange does not use the token up.
            if call.client.refresh_token_policy().rotates() {
                return Err(ErrorResponse::unauthorized_client(ROTATING));
            }
            let consent = consent(call, token).ok_or_else(unknown)?;
            // RFC 9449 §5: as when it is refreshed.
            if consent.key.is_some() && consent.key != call.key {
                return Err(unknown());
            }
            Ok(consent.user.id().to_owned())
        }
        JWT => privileged_worker::user(call, token),
        other => Err(ErrorResponse::invalid_request(format!("subject_token_type is not supported here: {other}"))),
    }
}

/// Returns the scope of the token. Returns an error if the client requests a scope that the user has not consented to
/// at the third party.
fn scope(call: &Call<'_>, account: &LinkedAccount) -> Result<Option<String>, ErrorResponse> {
    let Some(requested) = call.parameters.get("scope") else { return Ok(account.scope()) };
    match requested.split(' ').find(|scope| !account.allows(scope)) {
        Some(missing) => Err(ErrorResponse::new(
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            format!("The linked account has not granted the scope {missing}"),
        )),
        None => Ok(Some(requested.to_owned())),
    }
}

fn answer(call: &Call<'_>, user_id: String, account: &LinkedAccount, scope: Option<String>, token_type: &str) -> Value {
    let access_token = random_text();
    let mut body = Map::from_iter([
        ("access_token".to_owned(), access_token.as_str().into()),
        ("token_type".to_owned(), "Bearer".into()),
        ("expires_in".to_owned(), LIFETIME.as_secs().into()),
        ("issued_token_type".to_owned(), token_type.into()),
    ]);
    body.extend(scope.clone().map(|scope| ("scope".to_owned(), scope.into())));
    let issued = VaultToken {
        connection: account.connection().to_owned(),
        account: account.shown_name().map(str::to_owned),
        user_id,
        scope,
        expires_at: call.tenant.clock.now() + LIFETIME,
    };
    call.tenant.ledger().vault_tokens.insert(access_token, issued);
    body.into()
}

fn failed(error: &'static str, description: &str) -> ErrorResponse {
    ErrorResponse::new(StatusCode::UNAUTHORIZED, error, description)
}

const ROTATING: &str = "The refresh tokens of the client rotate: Token Vault does not exchange them";

const FEDERATED_CONNECTION_ACCESS_TOKEN: &str = "http://auth0.com/oauth/token-type/federated-connection-access-token";

/// The type of the token of a privileged worker.
const TOKEN_VAULT_ACCESS_TOKEN: &str = "http://auth0.com/oauth/token-type/token-vault-access-token";

/// RFC 8693 §3: the type of a JWT, which a privileged worker signs.
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// RFC 8693 §3: the type of a refresh token.
const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";

/// The lifetime of Google's access tokens.
const LIFETIME: Duration = Duration::from_secs(3600);
