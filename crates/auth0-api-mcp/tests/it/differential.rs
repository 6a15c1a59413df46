//! The layer and rmcp find the same method and the same target in a message that both accept.

use auth0_api_mcp::fuzzing::{ReadMessage, read};
use rmcp::model::ClientJsonRpcMessage;

const METHODS: [&str; 19] = [
    "completion/complete",
    "initialize",
    "prompts/get",
    "resources/directory/read",
    "resources/read",
    "resources/subscribe",
    "resources/unsubscribe",
    "skills/get",
    "subscriptions/listen",
    "tasks/cancel",
    "tasks/get",
    "tasks/result",
    "tasks/update",
    "tools/call",
    "tools\\/call",
    "tools/\\u0063all",
    "Tools/call",
    "tools/call ",
    "example/own",
];

/// Members of parameters: the ones that decide, in several spellings, and others.
const MEMBERS: [&str; 26] = [
    r#""name":"a""#,
    r#""name":"b""#,
    r#""name":null"#,
    r#""name":"\ud83d\ude00""#,
    r#""Name":"c""#,
    r#""n\u0061me":"d""#,
    r#""_name":"e""#,
    r#""name\u0000":"f""#,
    r#""uri":"x://a""#,
    r#""uri":"x://b""#,
    r#""URI":"x://c""#,
    r#""ur\u0069":"x://d""#,
    r#""taskId":"1""#,
    r#""task_id":"2""#,
    r#""taskid":"3""#,
    r#""inputResponses":{}"#,
    r#""arguments":{"name":"g","uri":"x://e"}"#,
    r#""argument":{"name":"g","value":"h"}"#,
    r#""ref":{"type":"ref/prompt","name":"a"}"#,
    r#""ref":{"type":"ref/resource","uri":"x://a"}"#,
    r#""ref":{"type":"ref/prompt","name":"a","Name":"b"}"#,
    r#""notifications":{"resourceSubscriptions":["x://a","x://\u0062"]}"#,
    r#""notifications":{"resource_subscriptions":["x://a"]}"#,
    r#""notifications":{"toolsListChanged":true}"#,
    r#""_meta":{"name":"i","progressToken":1}"#,
    r#""protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"j","version":"1"}"#,
];

fn described(messages: Vec<ReadMessage>) -> Vec<(String, Vec<auth0_api_mcp::Target>)> {
    messages.into_iter().map(|message| (message.method, message.targets)).collect()
}

#[test]
fn rmcp_reads_the_same_targets() {
    let mut compared = 0;
    for method in METHODS {
        for (first, second) in MEMBERS.into_iter().flat_map(|first| MEMBERS.map(|second| (first, second))) {
            for body in [
                format!(r#"{{"jsonrpc":"2.0","id":7,"method":"{method}","params":{{{first},{second}}}}}"#),
                format!(r#"{{"params":{{{first},{second}}},"method":"{method}","id":"7","jsonrpc":"2.0"}}"#),
            ] {
                let Some(ours) = read(body.as_bytes()) else { continue };
                let Ok(theirs) = serde_json::from_str::<ClientJsonRpcMessage>(&body) else { continue };
                // What rmcp has understood, as a message again.
                let theirs = read(&serde_json::to_vec(&theirs).unwrap()).unwrap();
                assert_eq!(described(ours), described(theirs), "{body}");
                compared += 1;
            }
        }
    }
    assert!(compared > 1000, "{compared}");
}
