//! The layer for MCP servers accepts a request only if its headers name the method and the target of its message, and if
//! its body is JSON in UTF-8. Independent parsers find the same values.
//!
//! Input: header lines, an empty line, the body.
#![no_main]

use auth0_api_fuzz::Message;
use auth0_api_mcp::fuzzing::read_with_headers;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

libfuzzer_sys::fuzz_target!(
    init: {
        assert!(is_accepted(include_bytes!("../seeds/mcp_headers/tool")));
        assert!(is_accepted(include_bytes!("../seeds/mcp_headers/base64")));
    },
    |data: &[u8]| {
        is_accepted(data);
    }
);

fn is_accepted(data: &[u8]) -> bool {
    let data = [b"\n", data].concat();
    let message = Message::read(&data);
    let headers: HeaderMap = message.headers.iter().filter_map(|(name, value)| header(name, value)).collect();
    let Some(read) = read_with_headers(&headers, message.body) else { return false };
    let one = |name: &str| {
        let values: Vec<_> = headers.get_all(name).iter().collect();
        assert!(values.len() <= 1, "{values:?}");
        values.first().map(|value| value.to_str().expect("visible ASCII").to_owned())
    };
    let content_type = one("content-type").expect("a type").to_ascii_lowercase();
    assert!(content_type.trim_start().starts_with("application/json"), "{content_type}");
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim() == "charset");
    assert!(charsets.all(|(_, value)| value.contains("utf-8")), "{content_type}");
    assert!(!headers.contains_key("content-encoding"));
    // The layer tolerates half of a surrogate pair where it does not decide; `serde_json` does not.
    let Ok(body) = serde_json::from_slice::<Value>(message.body) else { return true };
    let method = body["method"].as_str().unwrap_or_default();
    let is_call = body.get("id").is_some() && !method.is_empty() && method != "initialize";
    let named = one("mcp-method");
    assert!(named.as_deref() == Some(method) || (named.is_none() && !is_call), "{named:?} {method}");
    let target = match method {
        "tools/call" | "prompts/get" => body["params"]["name"].as_str(),
        "resources/read" => body["params"]["uri"].as_str(),
        _ => return true,
    };
    let name = one("mcp-name").map(|name| decoded(&name));
    assert!(name.as_deref() == target || (name.is_none() && !is_call), "{name:?} {target:?}");
    assert_eq!(read.method, method);
    true
}

fn header(name: &str, value: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    Some((HeaderName::try_from(name).ok()?, HeaderValue::from_bytes(value).ok()?))
}

/// `=?base64?…?=` is base64.
fn decoded(name: &str) -> String {
    match name.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?=")) {
        Some(encoded) => String::from_utf8(STANDARD.decode(encoded).expect("base64")).expect("UTF-8"),
        None => name.to_owned(),
    }
}
