//! Which layers cannot be built.

use auth0_api_core::{ApiClient, ProtectedResource, Requirement};
use auth0_api_mcp::{McpLayer, McpLayerError, McpRequirements};

const RESOURCE: &str = "https://mcp.example.com/mcp";

fn api(metadata: Option<ProtectedResource>) -> ApiClient {
    let builder = ApiClient::builder("tenant.example.com", RESOURCE);
    metadata.into_iter().fold(builder, auth0_api_core::ApiClientBuilder::resource_metadata).build().unwrap()
}

fn base() -> McpRequirements {
    McpRequirements::new(Requirement::scope("use:tools"))
}

fn error(requirements: McpRequirements) -> Option<McpLayerError> {
    McpLayer::builder(api(Some(ProtectedResource::new(RESOURCE))), requirements).build().err()
}

#[test]
fn a_requirement_must_not_name_offline_access() {
    let offline = || Requirement::scope("offline_access");
    let nested = Requirement::any_of([Requirement::user(), Requirement::scope("a offline_access")]);
    for requirements in [
        McpRequirements::new(offline()),
        base().tool("t", offline()),
        base().tool("t", nested),
        base().prompt("p", offline()),
        base().resource("x://1", offline()),
        base().resource_template("x://{id}", offline()),
        base().method("m", offline()),
        base().tasks(offline()),
    ] {
        assert_eq!(error(requirements), Some(McpLayerError::OfflineAccessRequired));
    }
    assert_eq!(error(base().tool("offline_access", Requirement::scope("offline_access_not"))), None);
}

#[test]
fn the_metadata_must_not_name_offline_access() {
    let resource = || ProtectedResource::new(RESOURCE);
    for (metadata, is_built) in [
        (resource().scopes(["use:tools", "offline_access"]), false),
        (resource().challenge_scopes(["use:tools", "offline_access"]), false),
        (resource().scopes(["use:tools", "offline"]).challenge_scopes(["use:tools"]), true),
    ] {
        let error = McpLayer::builder(api(Some(metadata)), base()).build().err();
        assert_eq!(error, (!is_built).then_some(McpLayerError::OfflineAccessInMetadata));
    }
}

/// What `build` has checked stays as it is when the client gets new settings.
#[tokio::test]
async fn a_reload_keeps_the_scopes_of_the_metadata_and_of_challenges() {
    let api = api(Some(ProtectedResource::new(RESOURCE).scopes(["use:tools", "a"]).challenge_scopes(["use:tools"])));
    assert_eq!(McpLayer::builder(api.clone(), base()).build().err(), None);
    let change = api.reload(|settings| {
        settings.audiences([RESOURCE, "https://mcp.example.com/other"]).required_claims(["offline_access"])
    });
    change.await.unwrap();
    let metadata = api.resource_metadata().unwrap();
    assert_eq!(metadata.document().scopes().collect::<Vec<_>>(), ["use:tools", "a"]);
    assert_eq!((metadata.names_scope("use:tools"), metadata.names_scope("offline_access")), (true, false));
}

#[test]
fn templates_are_named_as_templates() {
    let free = || Requirement::scope("a");
    for uri in ["x://{id}", "x://events{?q}", "x://{a}{b}", "x://{", "x://a}"] {
        assert_eq!(error(base().resource(uri, free())), Some(McpLayerError::ResourceIsTemplate { uri: uri.into() }));
    }
    for template in [
        "x://{?id}",
        "x://{a}{b}",
        "x://1",
        "x://{+a}/b",
        "X://{a}",
        "x://a?q={a}",
        "x://\u{e4}/{a}",
        "file://localhost/{+path}",
    ] {
        let problem = error(base().resource_template(template, free()));
        assert_eq!(problem, Some(McpLayerError::Template { template: template.into() }));
    }
}

#[test]
fn a_method_does_not_look_like_one_of_the_specification() {
    let free = || Requirement::scope("a");
    for (method, known) in [("logging/setlevel", "logging/setLevel"), ("Tools/Call", "tools/call"), ("ping ", "ping")] {
        let problem = error(base().method(method, free()));
        assert_eq!(problem, Some(McpLayerError::MethodLooksLike { method: method.into(), known }));
    }
    assert_eq!(error(base().method("logging/setLevel", free()).method("example/own", free())), None);
}

#[test]
fn a_hierarchy_names_single_scopes() {
    let hierarchy = |broader: &str| auth0_api_core::ScopeHierarchy::new().implies(broader, ["a"]);
    let problem = error(base().hierarchy(hierarchy("admin owner")));
    assert_eq!(problem, Some(McpLayerError::BroaderScopes { scopes: "admin owner".into() }));
    assert_eq!(error(base().hierarchy(hierarchy("admin"))), None);
}

#[test]
fn a_server_supports_a_revision_and_has_metadata() {
    let with_metadata = api(Some(ProtectedResource::new(RESOURCE)));
    let built = |api: ApiClient| McpLayer::builder(api, base());
    assert_eq!(built(with_metadata).revisions([]).build().err(), Some(McpLayerError::Revisions));
    assert_eq!(built(api(None)).build().err(), Some(McpLayerError::MetadataMissing));
}
