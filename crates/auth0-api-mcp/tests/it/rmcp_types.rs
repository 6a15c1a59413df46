//! The JSON of elicitations, read with the types of `rmcp`.

use auth0_api_mcp::Revision;
use auth0_api_mcp::connect::ElicitationAnswer;
use rmcp::model::{
    ElicitRequestParams, ErrorCode, ErrorData, InputRequest, JsonRpcMessage, ServerJsonRpcMessage, ServerResult,
};
use serde_json::json;

use crate::people::{ADA, World};

#[tokio::test]
async fn a_client_of_2026_07_28_reads_the_result() {
    let world = World::new().await;
    let elicitation = world.elicitation(&world.caller(ADA).await).await;
    let ElicitationAnswer::Result(result) = elicitation.answer(Revision::V2026_07_28, true) else { panic!() };
    let message = json!({ "jsonrpc": "2.0", "id": 1, "result": result });
    let message: ServerJsonRpcMessage = serde_json::from_value(message).unwrap();
    let JsonRpcMessage::Response(response) = message else { panic!("{message:?}") };
    let ServerResult::InputRequiredResult(result) = response.result else { panic!("{response:?}") };
    let requests = result.input_requests.unwrap();
    let InputRequest::Elicitation(request) = &requests["open"] else { panic!("{requests:?}") };
    let ElicitRequestParams::UrlElicitationParams { url, message, elicitation_id, .. } = &request.params else {
        panic!("{request:?}");
    };
    assert_eq!((url.as_str(), message.as_str()), (elicitation.url(), elicitation.message()));
    assert_eq!(elicitation_id, "", "this revision has none");
}

#[tokio::test]
async fn a_client_of_2025_11_25_reads_the_error() {
    let world = World::new().await;
    let elicitation = world.elicitation(&world.caller(ADA).await).await;
    let ElicitationAnswer::Error(error) = elicitation.answer(Revision::V2025_11_25, true) else { panic!() };
    let error: ErrorData = serde_json::from_value(error).unwrap();
    assert_eq!(error.code, ErrorCode(-32042));
    let one = error.data.unwrap()["elicitations"][0].clone();
    let params: ElicitRequestParams = serde_json::from_value(one).unwrap();
    let ElicitRequestParams::UrlElicitationParams { url, elicitation_id, .. } = params else { panic!() };
    assert_eq!((url.as_str(), elicitation_id.as_str()), (elicitation.url(), elicitation.id()));
}
