//! The parameter `resource` (RFC 8707), with which MCP clients name the API.

use auth0_api_testing::ResourceParameterProfile;

use crate::caller::part;
use crate::visitor::{Visitor, authorization, parameter, redemption, refresh, text};
use crate::world::{CALENDAR, Form, World};

const API: &str = "https://api.example.com";
const SEVERAL: &str = "The request has several resource parameters. Ask for a token for each resource";
const NO_URI: &str = "The resource parameter must be an absolute URI without a fragment";

fn login() -> Form {
    authorization().without("audience").with("resource", CALENDAR)
}

fn machine() -> Form {
    Form::new(&[
        ("grant_type", "client_credentials"),
        ("client_id", "local-client"),
        ("client_secret", "local-secret"),
        ("resource", CALENDAR),
    ])
}

async fn code(world: &World, form: &Form) -> String {
    let answer = Visitor::new(world).authorize(form).await;
    parameter(answer.header("location").unwrap(), "code")
}

/// Sends an authorization request with one more parameter, which may occur twice. Returns the error and its description.
async fn rejected(world: &World, form: &Form, more: &str) -> (String, String) {
    let url = format!("{}/authorize?{}{more}", world.tenant.domain(), form.body());
    let answer = crate::caller::get(&url).await;
    let location = answer.header("location").unwrap();
    (parameter(location, "error"), parameter(location, "error_description").replace('+', " "))
}

#[tokio::test]
async fn a_client_names_the_api_with_resource_at_every_step() {
    let world = World::new().await;
    let form = redemption(&code(&world, &login()).await).with("resource", CALENDAR);
    let tokens = world.ask(&form).await.json();
    assert_eq!(part(text(&tokens, "access_token"), 1)["aud"][0], CALENDAR);
    let next = refresh(text(&tokens, "refresh_token")).with("resource", CALENDAR);
    assert_eq!(part(text(&world.ask(&next).await.json(), "access_token"), 1)["aud"][0], CALENDAR);
    assert_eq!(world.claims(&machine()).await["aud"], CALENDAR);
}

#[tokio::test]
async fn audience_wins() {
    let world = World::new().await;
    assert_eq!(world.claims(&machine().with("audience", API)).await["aud"], API);
    let form = login().with("audience", API).with("scope", "read:orders");
    let tokens = world.ask(&redemption(&code(&world, &form).await)).await.json();
    assert_eq!(part(text(&tokens, "access_token"), 1)["aud"], API);
    // Then the resources are not even read.
    let body = format!("{}&resource={CALENDAR}&resource=x", machine().with("audience", API).body());
    let url = format!("{}/oauth/token", world.tenant.domain());
    assert_eq!(crate::caller::post_form(&url, &[], &body).await.status, 200);
}

#[tokio::test]
async fn several_or_invalid_resources_are_rejected() {
    let world = World::new().await;
    let url = format!("{}/oauth/token", world.tenant.domain());
    let twice = format!("{}&resource={API}", machine().body());
    let answer = crate::caller::post_form(&url, &[], &twice).await;
    let json = answer.json();
    assert_eq!(
        (answer.status, text(&json, "error"), text(&json, "error_description")),
        (400, "invalid_target", SEVERAL)
    );
    for resource in ["calendar", "https://calendar.example.com#a", "/calendar", ":", "1:a"] {
        world.rejects(&machine().with("resource", resource), 400, "invalid_target", NO_URI).await;
    }
    let unknown = machine().with("resource", "https://other.example.com");
    world.rejects(&unknown, 403, "access_denied", "Service not found: https://other.example.com").await;
    let several = rejected(&world, &login(), &format!("&resource={API}")).await;
    assert_eq!(several, ("invalid_target".into(), SEVERAL.into()));
    let no_uri = rejected(&world, &login().with("resource", "calendar"), "").await;
    assert_eq!(no_uri, ("invalid_target".into(), NO_URI.into()));
    // A repeated parameter that has one meaning stays an error of the request.
    let repeated = crate::caller::post_form(&url, &[], &format!("{}&scope=a&scope=b", machine().body())).await;
    assert_eq!(text(&repeated.json(), "error_description"), "Repeated parameter: scope");
}

#[tokio::test]
async fn without_the_compatibility_profile_resource_is_ignored() {
    let profile = ResourceParameterProfile::Audience;
    let world = World::with(|builder| builder.resource_parameter_profile(profile)).await;
    let reason = "No audience parameter was provided, and no default audience has been configured";
    world.rejects(&machine(), 403, "access_denied", reason).await;
    let form = redemption(&code(&world, &login()).await).with("resource", CALENDAR);
    let tokens = world.ask(&form).await.json();
    assert!(!text(&tokens, "access_token").contains('.'), "no API can read the token");

    let world = World::with(|builder| builder.resource_parameter_profile(profile).default_audience(API)).await;
    assert_eq!(world.claims(&machine()).await["aud"], API);
}
