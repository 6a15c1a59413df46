//! Keys from files, without a network.

use std::path::{Path, PathBuf};

use auth0_api_core::ApiClient;
use auth0_api_core::http::{HttpClient, HttpError, HttpFuture, HttpRequest, HttpResponse};
use auth0_api_testing::{TestWorld, status_and_label};

use crate::proxies::Folder;

/// A folder with the two documents of the tenant.
#[derive(Debug)]
struct Documents(PathBuf);

impl HttpClient for Documents {
    fn send(&self, request: HttpRequest) -> HttpFuture<'_> {
        Box::pin(async move {
            let document = request.url.rsplit_once("/.well-known/");
            let Some((_, name @ ("openid-configuration" | "jwks.json"))) = document else {
                return Err(HttpError::Connect("this API has no network".into()));
            };
            let body = std::fs::read(self.0.join(name));
            let body = body.map_err(|error| HttpError::Connect(error.into()))?;
            Ok(HttpResponse { status: 200, headers: vec![], body })
        })
    }
}

/// Copies the documents of the tenant, as an operator does.
async fn copy_documents(world: &TestWorld, folder: &Path) {
    for name in ["openid-configuration", "jwks.json"] {
        let url = format!("{}/.well-known/{name}", world.tenant.domain());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let document = client.get(url).send().await.unwrap().bytes().await.unwrap();
        std::fs::write(folder.join(name), document).unwrap();
    }
}

fn client(world: &TestWorld, folder: &Path) -> ApiClient {
    world.builder().http_client(Documents(folder.to_owned())).build().unwrap()
}

#[tokio::test]
async fn an_api_with_the_documents_in_files_sends_no_request() {
    let world = TestWorld::start().await;
    let folder = Folder::new("air-gapped");
    copy_documents(&world, &folder.path).await;
    let before = world.tenant.requests();
    let api = client(&world, &folder.path);
    api.warm_up().await.unwrap();
    assert!(api.is_ready());
    let verify = async |token: String| status_and_label(&api.verify_access_token(&token).await);
    assert_eq!(verify(world.tenant.mint().sign()).await, "200 accepted");
    assert_eq!(verify(world.tenant.mint().audience("https://other.example.com").sign()).await, "401 token_audience");

    // A rotation: the operator copies the new key set, and a token with the new key makes the API read it.
    world.tenant.rotate_keys();
    let next = world.tenant.mint().sign();
    assert_eq!(verify(next.clone()).await, "401 key_unknown");
    copy_documents(&world, &folder.path).await;
    world.pass(31);
    assert_eq!(verify(next).await, "200 accepted");
    let after = world.tenant.requests();
    assert_eq!((after.discovery - before.discovery, after.jwks - before.jwks), (1, 1), "those of the operator");
}

#[tokio::test]
async fn without_the_files_the_api_answers_503() {
    let world = TestWorld::start().await;
    let folder = Folder::new("air-gapped");
    let api = client(&world, &folder.path);
    api.warm_up().await.unwrap_err();
    assert_eq!(status_and_label(&api.verify_access_token(&world.tenant.mint().sign()).await), "503 keys_unavailable");
}

#[test]
fn the_guide_shows_this_code() {
    let page = include_str!("../../../crates/auth0-api-core/src/guide/air_gapped.md");
    super::assert_shown(page, 1, &[include_str!("air_gapped.rs")]);
}
