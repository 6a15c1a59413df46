//! The caller, from the extensions of a request.

use auth0_api_mcp::connect::ElicitationAnswer;
use auth0_api_mcp::{McpCaller, Revision};
use http::Extensions;
use serde_json::json;

use crate::people::{ADA, World};

#[tokio::test]
async fn the_caller_is_read_from_the_extensions_of_a_verified_request() {
    let world = World::new().await;
    let mut extensions = Extensions::new();
    assert!(McpCaller::of(&extensions).is_none());
    extensions.insert(world.caller(ADA).await);
    let caller = McpCaller::of(&extensions).unwrap();
    assert_eq!((caller.token().subject(), caller.revision(), caller.shows_urls()), (Some(ADA), None, false));

    let elicitation = world.elicitation(caller.token()).await;
    assert!(matches!(caller.answer(&elicitation), ElicitationAnswer::Plain(_)), "nothing is declared");
    let caller = caller.of_session(Revision::V2025_11_25, true);
    assert!(matches!(caller.answer(&elicitation), ElicitationAnswer::Error(_)));
    let accepted = caller.clone().with_input_responses(&json!({ "open": { "action": "accept" } }));
    let text = "The user has to finish in the browser first. Call this tool again after that.";
    assert_eq!(accepted.answer(&elicitation), ElicitationAnswer::Plain(text.to_owned()));
    let declined = caller.with_input_responses(&json!({ "open": { "action": "decline" } }));
    let text = "The user did not open the page, so this tool cannot continue.";
    assert_eq!(declined.answer(&elicitation), ElicitationAnswer::Plain(text.to_owned()));
}
