//! The request log, and the origins whose pages may call the tenant.

use std::sync::{Arc, Mutex};

use auth0_api_testing::{Application, LocalTenant, LocalTenantBuilder};

use crate::caller::{get, post_form, send};
use crate::visitor::authorization;
use crate::world::{Form, World};

const TOKEN: &str = "/oauth/token";

#[tokio::test]
async fn each_request_is_one_line_that_says_why_it_was_rejected() {
    let (tenant, log) = logging(LocalTenant::builder().application(Application::single_page("page"))).await;
    let url = |path: &str| format!("{}{path}", tenant.domain());
    get(&url("/.well-known/jwks.json")).await;
    let form = "grant_type=client_credentials&client_id=local-client&audience=https://api.example.com";
    post_form(&url(TOKEN), &[], &format!("{form}&client_secret=local-secret")).await;
    post_form(&url(TOKEN), &[], &format!("{form}&client_secret=t0p-s3cret")).await;
    let basic = [("authorization", "Basic bG9jYWwtY2xpZW50Onh4eA==")];
    post_form(&url(TOKEN), &basic, "grant_type=client_credentials").await;
    post_form(&url(TOKEN), &[], "grant_type=refresh_token&client_id=page&refresh_token=t0p-s3cret").await;
    get(&url("/authorize?client_id=page&redirect_uri=http://localhost/&response_type=token&state=t0p-s3cret")).await;
    get(&url("/authorize?client_id=%1b%5b2Jx%0aGET&redirect_uri=http://localhost/")).await;
    send("GET", &url("/userinfo"), &[("authorization", "Bearer t0p-s3cret")], "").await.unwrap();
    get(&url("/elsewhere?token=t0p-s3cret")).await;
    assert_eq!(
        *log.lock().unwrap(),
        [
            "GET /.well-known/jwks.json 200",
            "POST /oauth/token 200 local-client client_credentials",
            "POST /oauth/token 401 local-client client_credentials: access_denied, Unauthorized",
            "POST /oauth/token 401 local-client client_credentials: access_denied, Unauthorized",
            "POST /oauth/token 403 page refresh_token: invalid_grant, Unknown or invalid refresh token.",
            "GET /authorize 302 page: unsupported_response_type, Only code is supported",
            r"GET /authorize 403 \u{1b}[2Jx\nGET: access_denied, Unknown client",
            "GET /userinfo 401: invalid_token",
            "GET /elsewhere 404",
        ]
    );
}

#[tokio::test]
async fn the_client_still_receives_a_rejection_that_was_logged() {
    let (tenant, log) = logging(LocalTenant::builder()).await;
    let answer = post_form(&format!("{}{TOKEN}", tenant.domain()), &[], "grant_type=nonsense").await;
    assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_request")));
    assert_eq!(*log.lock().unwrap(), ["POST /oauth/token 400: invalid_request, Missing required parameter: client_id"]);
}

#[tokio::test]
async fn pages_of_every_origin_may_call_the_tenant_unless_origins_are_set() {
    let open = LocalTenant::start().await.unwrap();
    let closed = LocalTenant::builder().cors_origins(["http://localhost:5173"]).start().await.unwrap();
    for (tenant, origin, allowed) in [
        (&open, "https://app.example.com", Some("*")),
        (&closed, "http://localhost:5173", Some("http://localhost:5173")),
        (&closed, "https://app.example.com", None),
    ] {
        for (method, path) in [("GET", "/.well-known/jwks.json"), ("OPTIONS", TOKEN)] {
            let answer = send(method, &format!("{}{path}", tenant.domain()), &[("origin", origin)], "").await.unwrap();
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{method} {origin}");
            assert!(answer.header("access-control-allow-headers").unwrap().contains("DPoP"));
        }
    }
}

#[tokio::test]
async fn no_page_can_fetch_what_a_browser_gets_by_navigation() {
    let open = World::new().await;
    let closed = World::with(|builder| builder.cors_origins([PAGE])).await;
    let authorize = |form: Form| format!("/authorize?{}", form.body());
    for (path, status) in [
        (authorize(authorization()), 302),
        (authorize(authorization().with("response_mode", "web_message")), 200),
        (authorize(authorization().with("response_type", "token")), 302),
        (authorize(authorization().with("response_type", "token").with("response_mode", "web_message")), 200),
        (authorize(authorization().with("client_id", "unknown")), 403),
        ("/v2/logout".into(), 200),
        ("/v2/logout?client_id=page&returnTo=http://localhost/".into(), 302),
        ("/v2/logout?client_id=page&returnTo=https://elsewhere.example.com/".into(), 400),
        ("/oidc/logout".into(), 200),
        ("/oidc/logout?client_id=page&post_logout_redirect_uri=http://localhost/".into(), 302),
        ("/connected-accounts/connect?ticket=unknown".into(), 400),
    ] {
        for world in [&open, &closed] {
            let url = format!("{}{path}", world.tenant.domain());
            let answer = send("GET", &url, &[("origin", PAGE)], "").await.unwrap();
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, None), "{path}");
        }
    }
}

/// The origin of a page that is no client of the tenant, although the operator may allow it to call the tenant.
const PAGE: &str = "https://evil.example";

async fn logging(builder: LocalTenantBuilder) -> (LocalTenant, Arc<Mutex<Vec<String>>>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&log);
    let builder = builder.request_log(move |request| lines.lock().unwrap().push(request.to_string()));
    (builder.start().await.unwrap(), log)
}
