//! An API with salvo: a public route, one for any valid token, and one that needs a scope.

use auth0_api_core::{ApiClient, Requirement, VerifiedToken};
use salvo::conn::TcpListener;
// `#[handler]` needs `Writer`.
use salvo::{Listener as _, Router, Server, Writer as _, handler};
use salvo_adapter::{Admitted, Auth};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let api = ApiClient::from_env().public_url("https://api.example.com").build()?;
    let auth = Auth::new(api);
    let reads = auth.require(Requirement::scope("read:messages"));
    let router = Router::new().push(Router::with_path("public").goal(public)).push(
        Router::new()
            .hoop(auth)
            .push(Router::with_path("me").goal(me))
            .push(Router::with_path("messages").hoop(reads).goal(messages)),
    );
    Server::new(TcpListener::new("127.0.0.1:8080").bind().await).serve(router).await;
    Ok(())
}

#[handler]
async fn me(token: Admitted<VerifiedToken>) -> String {
    format!("hello, {:?}", token.subject())
}

#[handler]
async fn messages() -> &'static str {
    "[]"
}

#[handler]
async fn public() -> &'static str {
    "hello"
}
