//! The kind `protected_resource_metadata`: a metadata document without a client.

use auth0_api_core::metadata::{BearerMethod, StandaloneResource};
use auth0_api_core::{Algorithm, ProtectedResource};
use serde::Deserialize;
use serde_json::{Value, json};

use super::case::{Case, Object};
use super::outcome::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    resource: String,
    authorization_servers: Vec<String>,
    fields: Object,
}

/// Runs the kind `protected_resource_metadata`.
pub(super) fn protected_resource(case: &Case) -> Result<Outcome, String> {
    let Metadata { resource, authorization_servers, fields } = case.input()?;
    let mut described = ProtectedResource::new(resource).authorization_servers(authorization_servers);
    for (name, value) in fields.iter().filter(|(name, _)| !OF_THE_CLIENT.contains(&name.as_str())) {
        described = set(described, name, value)?;
    }
    let mut described = StandaloneResource::new(described);
    for (name, value) in fields.iter().filter(|(name, _)| OF_THE_CLIENT.contains(&name.as_str())) {
        described = set_of_the_client(described, name, value)?;
    }
    let Ok(document) = described.document() else { return Ok(Outcome::rejected("config")) };
    let json = document.to_json();
    let members: Object = serde_json::from_str(&json).map_err(|error| format!("the document is not JSON: {error}"))?;
    let order = in_order(&json, &members);
    Ok(Outcome::accepted().with("document", Value::Object(members)).with("member_order", json!(order)))
}

fn set(resource: ProtectedResource, name: &str, value: &Value) -> Result<ProtectedResource, String> {
    Ok(match name {
        "authorization_details_types_supported" => resource.authorization_details_types(texts(value)?),
        "jwks_uri" => resource.jwks_uri(text(value)?),
        "resource_documentation" => resource.documentation(text(value)?),
        "resource_name" => resource.name(text(value)?),
        "resource_policy_uri" => resource.policy(text(value)?),
        "resource_signing_alg_values_supported" => resource.signing_algorithms(each(value, algorithm)?),
        "resource_tos_uri" => resource.terms_of_service(text(value)?),
        "scopes_supported" => resource.scopes(texts(value)?),
        unknown => return Err(format!("the runner does not know fields.{unknown}")),
    })
}

/// Sets a member that an `ApiClient` would complete from its configuration.
fn set_of_the_client(resource: StandaloneResource, name: &str, value: &Value) -> Result<StandaloneResource, String> {
    Ok(match name {
        "bearer_methods_supported" => resource.bearer_methods(each(value, bearer_method)?),
        "dpop_bound_access_tokens_required" => resource.dpop_required(read(value)?),
        "dpop_signing_alg_values_supported" => resource.dpop_algorithms(each(value, algorithm)?),
        _ => resource.certificate_bound_tokens(read(value)?),
    })
}

const OF_THE_CLIENT: [&str; 4] = [
    "bearer_methods_supported",
    "dpop_bound_access_tokens_required",
    "dpop_signing_alg_values_supported",
    "tls_client_certificate_bound_access_tokens",
];

/// Returns the member names in the order of the text. In these documents, no value equals a member name.
fn in_order(json: &str, members: &Object) -> Vec<String> {
    let mut names: Vec<&String> = members.keys().collect();
    names.sort_by_key(|name| json.find(&format!("\"{name}\":")));
    names.into_iter().cloned().collect()
}

fn read<'v, T: Deserialize<'v>>(value: &'v Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| format!("a field cannot be read: {error}"))
}

fn text(value: &Value) -> Result<String, String> {
    read(value)
}

fn texts(value: &Value) -> Result<Vec<String>, String> {
    read(value)
}

fn each<T>(value: &Value, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    texts(value)?.iter().map(|text| parse(text)).collect()
}

fn algorithm(name: &str) -> Result<Algorithm, String> {
    name.parse().map_err(|_| format!("there is no algorithm {name:?}"))
}

fn bearer_method(name: &str) -> Result<BearerMethod, String> {
    match name {
        "body" => Ok(BearerMethod::Body),
        "header" => Ok(BearerMethod::Header),
        "query" => Ok(BearerMethod::Query),
        other => Err(format!("there is no bearer method {other:?}")),
    }
}
