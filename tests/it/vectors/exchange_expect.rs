//! Comparison rules for members that only exchanges have.

use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::case::Object;
use super::expect::matches;

/// Returns the member of the outcome that is compared with the expected member `name`; `None` if both have this name.
pub(super) fn compared_with(name: &str) -> Option<&'static str> {
    Some(match name {
        "client_assertion" => "request",
        "names" => "message",
        "result_with" | "result_without" => "result",
        "token_requests_at_most" => "token_requests",
        _ => return None,
    })
}

/// Returns whether the actual value meets the expectation; `None` for members without a special rule.
pub(super) fn holds(name: &str, expected: &Value, actual: &Value) -> Option<bool> {
    Some(match name {
        "client_assertion" => assertion_holds(expected, actual).unwrap_or(false),
        "names" => texts(expected).all(|name| actual.as_str().is_some_and(|message| message.contains(name))),
        "request" => request_holds(expected, actual),
        "result_with" => texts(expected).all(|field| actual.get(field).is_some()),
        "result_without" => texts(expected).all(|field| actual.get(field).is_none()),
        "telemetry" => texts(member(expected, "on")).all(|request| telemetry_holds(expected, actual.get(request))),
        "token_requests_at_most" => actual.as_u64() <= expected.as_u64(),
        _ => return None,
    })
}

/// Compares a request with the expected one. The expected `headers` are prefixes of the actual headers. If
/// `form_is_complete` is true, the actual form must have no fields besides those in `form`.
fn request_holds(expected: &Value, actual: &Value) -> bool {
    let (form, actual_form) = (object(expected, "form"), object(actual, "form"));
    let complete = expected.get("form_is_complete") == Some(&Value::Bool(true));
    let headers = object(expected, "headers").into_iter().flatten().all(|(name, value)| {
        let value = value.as_str().unwrap_or_default();
        member(member(actual, "headers"), name).as_str().is_some_and(|actual| actual.starts_with(value))
    });
    let fields =
        form.into_iter().flatten().all(|(name, values)| actual_form.and_then(|form| form.get(name)) == Some(values));
    let as_many = form.map(Object::len) == actual_form.map(Object::len);
    let without =
        texts(member(expected, "form_without")).all(|name| actual_form.is_some_and(|form| !form.contains_key(name)));
    let line = ["method", "url"].iter().all(|part| expected.get(part) == actual.get(part));
    line && headers && fields && without && (as_many || !complete)
}

fn telemetry_holds(expected: &Value, header: Option<&Value>) -> bool {
    let decoded = header.and_then(Value::as_str).and_then(|header| STANDARD.decode(header).ok());
    let sent: Option<Value> = decoded.and_then(|json| serde_json::from_slice(&json).ok());
    let named = expected.get("header").and_then(Value::as_str) == Some("auth0-client");
    named && sent.is_some_and(|sent| texts(member(expected, "json_members")).all(|name| sent[name].is_string()))
}

fn assertion_holds(expected: &Value, request: &Value) -> Option<bool> {
    let field = |name: &str| request.get("form")?.get(name)?.get(0)?.as_str();
    let (message, signature) = field("client_assertion")?.rsplit_once('.')?;
    let mut parts = message.split('.').map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok());
    let (header, claims): (Value, Value) = (parts.next()??, parts.next()??);
    let unique = claims.get("jti")?.as_str().is_some_and(|jti| !jti.is_empty());
    let key = public_key(expected.get("verifies_with")?)?;
    let signed = key.verify_sig(message.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).ok()?).is_ok();
    let typed = field("client_assertion_type") == expected.get("type")?.as_str();
    let same = matches(member(expected, "header"), &header) && matches(member(expected, "claims"), &claims);
    Some(unique && signed && typed && same)
}

fn public_key(jwk: &Value) -> Option<ParsedPublicKey> {
    let octets = |name: &str| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok();
    match jwk.get("kty")?.as_str()? {
        "RSA" => {
            let key = PublicKeyComponents { n: octets("n")?, e: octets("e")? };
            key.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()
        }
        _ => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [vec![4], octets("x")?, octets("y")?].concat()).ok(),
    }
}

fn object<'v>(value: &'v Value, name: &str) -> Option<&'v Object> {
    value.get(name)?.as_object()
}

fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or(&Value::Null)
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}
