//! The metadata of the API at its well-known paths.

use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use auth0_api_actix::{Auth, Token, metadata_routes, metadata_routes_of_all};
use auth0_api_core::{ApiClient, ProtectedResource};
use auth0_api_testing::TestWorld;

use crate::world::{header, text};

const ROOT: &str = "/.well-known/oauth-protected-resource";
const INSERTED: &str = "/.well-known/oauth-protected-resource/v1";

#[actix_web::test]
async fn the_document_is_served_at_every_path_without_a_token() {
    let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com/v1")
        .resource_metadata(ProtectedResource::new("https://api.example.com/v1"))
        .build()
        .unwrap();
    let app = App::new()
        .configure(metadata_routes(&api))
        .service(web::scope("/v1").wrap(Auth::new(api.clone())).route("/me", web::get().to(me)));
    let app = init_service(app).await;
    for path in [ROOT, INSERTED] {
        let response = call_service(&app, TestRequest::get().uri(path).to_request()).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), ["application/json"]);
        assert_eq!(header(&response, "access-control-allow-origin"), ["*"]);
        let etag = header(&response, "etag").remove(0);
        assert_eq!(text(response).await, api.resource_metadata().unwrap().body());

        let known = TestRequest::get().uri(path).insert_header(("if-none-match", etag)).to_request();
        assert_eq!(call_service(&app, known).await.status(), 304, "{path}");
        let preflight = TestRequest::default().method("OPTIONS".parse().unwrap()).uri(path).to_request();
        assert_eq!(call_service(&app, preflight).await.status(), 204, "{path}");
        let response = call_service(&app, TestRequest::post().uri(path).to_request()).await;
        assert_eq!((response.status().as_u16(), header(&response, "allow")), (405, vec!["GET, HEAD, OPTIONS".into()]));
    }
    let rejected = call_service(&app, TestRequest::get().uri("/v1/me").to_request()).await;
    assert_eq!(
        header(&rejected, "www-authenticate"),
        [
            r#"Bearer realm="api", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/v1""#,
            r#"DPoP algs="ES256", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/v1""#,
        ]
    );
}

#[actix_web::test]
async fn without_metadata_nothing_is_served() {
    let world = TestWorld::start().await;
    let app = init_service(App::new().configure(metadata_routes(&world.api))).await;
    assert_eq!(call_service(&app, TestRequest::get().uri(ROOT).to_request()).await.status(), 404);
}

async fn me(Token(token): Token) -> String {
    token.subject().unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn two_resources_on_one_host_have_their_own_documents_and_one_of_them_has_the_root() {
    let client = |resource| {
        let builder = ApiClient::builder("tenant.eu.auth0.com", resource);
        builder.resource_metadata(ProtectedResource::new(resource)).build().unwrap()
    };
    let (orders, v1) = (client("https://api.example.com/orders"), client("https://api.example.com/v1"));
    let app = init_service(App::new().configure(metadata_routes_of_all(&orders, [&v1]))).await;
    for (path, api) in [(ROOT, &orders), (&*format!("{ROOT}/orders"), &orders), (INSERTED, &v1)] {
        let response = call_service(&app, TestRequest::get().uri(path).to_request()).await;
        assert_eq!(text(response).await, api.resource_metadata().unwrap().body(), "{path}");
    }
}

#[actix_web::test]
async fn the_document_is_served_whatever_the_path_of_the_resource_contains() {
    for path in ["/caf%C3%A9", "/a%20b", "/:v1", "/*", "/*/a", "/a%2Fb", "/a%25b", "/a+b%2Bc", "/%7Ba%7D", "/%7B/*"] {
        let api = api(path);
        let app = init_service(App::new().configure(metadata_routes(&api))).await;
        let request = TestRequest::get().uri(api.resource_metadata().unwrap().url()).to_request();
        let response = call_service(&app, request).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(text(response).await, api.resource_metadata().unwrap().body(), "{path}");
        let other = TestRequest::get().uri(&format!("{ROOT}/other")).to_request();
        assert_eq!(call_service(&app, other).await.status(), 404, "{path}");
    }
}

#[actix_web::test]
async fn a_path_with_a_star_does_not_hide_other_paths() {
    let (star, v1) = (api("/*"), api("/v1"));
    let app = init_service(App::new().configure(metadata_routes_of_all(&star, [&v1]))).await;
    for (path, api) in [("/*", &star), ("/v1", &v1)] {
        let response = call_service(&app, TestRequest::get().uri(&format!("{ROOT}{path}")).to_request()).await;
        assert_eq!(text(response).await, api.resource_metadata().unwrap().body(), "{path}");
    }
}

/// Returns the client of a resource with this path.
fn api(path: &str) -> ApiClient {
    let resource = format!("https://api.example.com{path}");
    let builder = ApiClient::builder("tenant.eu.auth0.com", &*resource);
    builder.resource_metadata(ProtectedResource::new(&*resource)).build().unwrap()
}
