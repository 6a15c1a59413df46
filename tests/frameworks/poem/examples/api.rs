//! An API with poem: a public route, one for any valid token, and one that needs a scope.

use auth0_api_core::{ApiClient, Requirement};
use poem::listener::TcpListener;
use poem::{EndpointExt as _, Route, Server, get, handler};
use poem_adapter::{Auth, Token};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = Auth::new(ApiClient::from_env().build()?);
    let reads = auth.require(Requirement::scope("read:messages"));
    let app = Route::new()
        .at("/public", get(public))
        .at("/me", get(me).with(auth.clone())) // any valid token
        .at("/messages", get(messages).with(reads).with(auth)); // and the scope
    Server::new(TcpListener::bind("127.0.0.1:3000")).run(app).await?;
    Ok(())
}

#[handler]
fn public() -> &'static str {
    "hello"
}

#[handler]
fn me(Token(token): Token) -> String {
    format!("hello, {:?}", token.subject())
}

#[handler]
fn messages() -> &'static str {
    "[]"
}
