//! Serves the API, with its document at `/openapi.json`.
//!
//! ```sh
//! AUTH0_DOMAIN=tenant.eu.auth0.com AUTH0_AUDIENCE=https://api.example.com \
//!     cargo run --manifest-path examples/openapi/Cargo.toml
//! ```

use std::error::Error;

use auth0_api_axum::ApiClient;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (router, _) = openapi::app(&ApiClient::from_env().build()?);
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://{}/openapi.json", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}
