//! The subject of a privileged worker: a JWT that the client signs instead of presenting a token of the user.

use serde_json::Value;

use crate::clock::numeric_date;
use crate::endpoints::call::Call;
use crate::endpoints::error_response::ErrorResponse;
use crate::jwt::Jwt;
use crate::registry::Method;

/// Verifies the JWT and returns the id of the user that it names. The tenant accepts each `jti` once.
pub(super) fn user(call: &Call<'_>, token: &str) -> Result<String, ErrorResponse> {
    check(call, token).map_err(|reason| {
        ErrorResponse::invalid_request(format!("The subject_token of the privileged worker is rejected: {reason}"))
    })
}

fn check(call: &Call<'_>, token: &str) -> Result<String, &'static str> {
    let jwt = Jwt::parse(token).ok_or("it is not a JWT")?;
    let Method::PrivateKeyJwt(keys) = call.client.method() else { return Err("the client has no registered key") };
    jwt.is_signed_by_one_of(keys).then_some(()).ok_or("its signature does not verify")?;
    (jwt.header_text("typ") == "token-vault-req+jwt").then_some(()).ok_or("typ is not token-vault-req+jwt")?;
    let client_id = call.client.id();
    (jwt.text("iss") == client_id).then_some(()).ok_or("iss is not the client")?;
    jwt.is_for(&call.tenant.issuer).then_some(()).ok_or("aud is not this tenant")?;
    let now = numeric_date(call.tenant.clock.now());
    let issued_at = jwt.claims.get("iat").and_then(Value::as_u64).ok_or("iat is missing")?;
    let is_recent = issued_at <= now && now - issued_at <= MAX_AGE_S;
    is_recent.then_some(()).ok_or("it is older than 60 seconds or issued in the future")?;
    let context = jwt.text("audit_context").chars().count();
    (1..=LONGEST_CONTEXT).contains(&context).then_some(()).ok_or("audit_context must have 1 to 256 characters")?;
    let user_id = Some(jwt.text("sub")).filter(|sub| !sub.is_empty()).ok_or("sub is missing")?;
    check_organization(call, &jwt, user_id)?;
    let jti = Some(jwt.text("jti")).filter(|jti| is_uuid(jti)).ok_or("jti is not a UUID")?;
    let first = call.tenant.ledger().is_first_use(client_id, jti, issued_at + MAX_AGE_S + 1, now);
    first.then(|| user_id.to_owned()).ok_or("its jti has been used before")
}

/// A JWT may name an organization, by its id. The user must be a member.
fn check_organization(call: &Call<'_>, jwt: &Jwt<'_>, user_id: &str) -> Result<(), &'static str> {
    let Some(id) = jwt.claims.get("org_id") else { return Ok(()) };
    let tenant = call.tenant;
    let known = tenant.registry.organizations.iter().find(|known| id.as_str() == Some(&known.id));
    let organization = known.ok_or("org_id is not the id of an organization")?;
    let is_member =
        tenant.registry.is_member(user_id, organization) || tenant.ledger().memberships.has(user_id, &organization.id);
    is_member.then_some(()).ok_or("the user is not a member of the organization in org_id")
}

/// Returns whether a text has the form of a UUID ([RFC 9562 §4](https://www.rfc-editor.org/rfc/rfc9562#section-4)).
fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// Auth0 rejects an older JWT.
const MAX_AGE_S: u64 = 60;
/// Auth0's limit, in characters.
const LONGEST_CONTEXT: usize = 256;
