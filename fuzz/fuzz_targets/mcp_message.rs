//! The layer for MCP servers reads any body in bounded time. If it accepts a body, `serde_json` finds the same methods, the
//! same targets and the same declarations in it.
//!
//! Input: the body.
#![no_main]

use auth0_api_mcp::Target;
use auth0_api_mcp::fuzzing::{ReadMessage, read};
use serde_json::Value;

libfuzzer_sys::fuzz_target!(
    init: {
        assert_eq!(check(include_bytes!("../seeds/mcp_message/tool_call")), Some(1));
        assert_eq!(check(include_bytes!("../seeds/mcp_message/batch")), Some(3));
    },
    |body: &[u8]| {
        check(body);
    }
);

/// Returns the number of messages, if the layer accepts the body.
fn check(body: &[u8]) -> Option<usize> {
    let messages = read(body)?;
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        // The layer tolerates half of a surrogate pair where it does not decide, for example in the arguments of a tool.
        let text = str::from_utf8(body).expect("UTF-8").to_ascii_lowercase();
        assert!(text.contains("\\ud"), "serde_json rejects it");
        return None;
    };
    let values = match value {
        Value::Array(values) => values,
        one => vec![one],
    };
    assert_eq!(messages.len(), values.len());
    for (message, value) in messages.iter().zip(&values) {
        same(message, value);
    }
    Some(messages.len())
}

fn same(message: &ReadMessage, value: &Value) {
    assert_eq!(value["jsonrpc"], "2.0");
    assert!(matches!(value.get("id"), None | Some(Value::String(_) | Value::Number(_))));
    assert_eq!(value["method"].as_str().unwrap_or_default(), message.method);
    if value.get("method").is_none() {
        // A response has no parameters, and the layer does not read what a client calls so.
        assert!(message.targets.is_empty() && message.version.is_none() && !message.declares_url_elicitation);
        return;
    }
    let params = &value["params"];
    let text = |value: &Value| Box::<str>::from(value.as_str().expect("a string"));
    let targets = match &*message.method {
        "tools/call" => vec![Target::Tool(text(&params["name"]))],
        "prompts/get" => vec![Target::Prompt(text(&params["name"]))],
        "resources/read"
        | "resources/subscribe"
        | "resources/unsubscribe"
        | "resources/directory/read"
        | "skills/get" => {
            vec![Target::Resource(text(&params["uri"]))]
        }
        "tasks/get" | "tasks/result" | "tasks/update" | "tasks/cancel" => vec![Target::Task(text(&params["taskId"]))],
        "completion/complete" if params["ref"]["type"] == "ref/prompt" => {
            vec![Target::Prompt(text(&params["ref"]["name"]))]
        }
        "completion/complete" => {
            assert_eq!(params["ref"]["type"], "ref/resource");
            vec![Target::Resource(text(&params["ref"]["uri"]))]
        }
        "subscriptions/listen" => {
            let named = |member: &str| params["notifications"][member].as_array().into_iter().flatten().map(text);
            named("resourceSubscriptions").map(Target::Resource).chain(named("taskIds").map(Target::Task)).collect()
        }
        _ => Vec::new(),
    };
    assert_eq!(message.targets, targets);
    let meta = &params["_meta"];
    assert_eq!(message.version.as_deref(), meta["io.modelcontextprotocol/protocolVersion"].as_str());
    let declared = match meta.get("io.modelcontextprotocol/clientCapabilities") {
        None if message.method == "initialize" => &params["capabilities"],
        None => &Value::Null,
        Some(capabilities) => capabilities,
    };
    assert_eq!(message.declares_url_elicitation, declared["elicitation"]["url"].is_object());
}
