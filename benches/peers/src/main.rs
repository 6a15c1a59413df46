//! Compares the axum layer with other crates that verify access tokens.
//!
//! ```sh
//! cargo run --release --manifest-path benches/peers/Cargo.toml -- --bench --rounds 6 --seconds 4
//! ```

use std::sync::Arc;

use auth0_api_axum::AuthLayer;
use auth0_api_benches::servers::{Contestant, PUBLIC_URL, Scheme, Site, Starting, run, serve};
use auth0_api_core::dpop::MemoryReplayStore;
use auth0_api_core::{ApiClient, DpopPolicy};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use huskarl_reqwest::ReqwestClient;
use huskarl_resource_server::validator::custom::CustomValidator;
use jwt_authorizer::{IntoLayer as _, JwtAuthorizer, Validation};
use oauth_resource_server::{KeyNaming, OAuthConfig, OAuthValidator, static_token_policy};
use serde_json::Value;
use tokio::net::TcpListener;
use tower_oauth2_resource_server::server::OAuth2ResourceServer;
use tower_oauth2_resource_server::tenant::TenantConfiguration;

fn main() {
    use Scheme::{Bearer, Dpop};
    let contestants = [
        Contestant { name: "axum, no check", scheme: Bearer, start: |_| serve(app()) },
        Contestant { name: "auth0-api-axum", scheme: Bearer, start: auth0_api },
        Contestant { name: "huskarl-resource-server", scheme: Bearer, start: huskarl },
        Contestant { name: "jwt-authorizer", scheme: Bearer, start: jwt_authorizer },
        Contestant { name: "oauth-resource-server", scheme: Bearer, start: oauth_resource_server },
        Contestant { name: "tower-oauth2-resource-server", scheme: Bearer, start: tower_oauth2 },
        Contestant { name: "axum, no check", scheme: Dpop, start: |_| serve(app()) },
        Contestant { name: "auth0-api-axum", scheme: Dpop, start: auth0_api },
        Contestant { name: "huskarl-resource-server, no replay check", scheme: Dpop, start: huskarl },
    ];
    run("Servers on one core, 16 connections from another", &contestants);
}

fn app() -> Router {
    Router::new().route("/orders", get(|| async { "ok" }))
}

fn auth0_api(site: Site) -> Starting {
    Box::pin(async move {
        let store = MemoryReplayStore::with_capacity(10_000_000).per_key_quota(10_000_000);
        let builder = ApiClient::builder(&*site.domain, site.audience).insecure_http_loopback().public_url(PUBLIC_URL);
        let client = builder.dpop(DpopPolicy::accept().replay_store(store)).build().unwrap();
        client.warm_up().await.unwrap();
        serve(app().layer(AuthLayer::new(client))).await
    })
}

fn issuer(site: &Site) -> String {
    format!("{}/", site.domain)
}

fn jwks_uri(site: &Site) -> String {
    format!("{}/.well-known/jwks.json", site.domain)
}

fn tower_oauth2(site: Site) -> Starting {
    Box::pin(async move {
        let tenant = TenantConfiguration::builder(issuer(&site)).jwks_url(jwks_uri(&site)).audiences(&[&site.audience]);
        let server = OAuth2ResourceServer::<Value>::builder().add_tenant(tenant.build().await.unwrap());
        serve(app().layer(server.build().await.unwrap().into_layer())).await
    })
}

/// Serves with axum 0.7, the version that `jwt-authorizer` supports.
fn jwt_authorizer(site: Site) -> Starting {
    Box::pin(async move {
        let validation = Validation::new().iss(&[issuer(&site)]).aud(&[site.audience.clone()]);
        let authorizer: JwtAuthorizer<Value> = JwtAuthorizer::from_jwks_url(&jwks_uri(&site)).validation(validation);
        let layer = authorizer.build().await.unwrap().into_layer();
        let app = axum_07::Router::new().route("/orders", axum_07::routing::get(|| async { "ok" })).layer(layer);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum_07::serve(listener, app).await });
        address
    })
}

fn oauth_resource_server(site: Site) -> Starting {
    Box::pin(async move {
        let config = OAuthConfig {
            enabled: true,
            issuer: issuer(&site),
            jwks_uri: Some(jwks_uri(&site)),
            audience: site.audience.clone(),
            resource: "https://api.example.com".to_owned(),
            allow_unscoped_tokens: true,
            allow_insecure_http: true,
            ..OAuthConfig::default()
        };
        let resolved = config.resolve(KeyNaming::Dotted("oauth")).unwrap().unwrap();
        let validator = Arc::new(OAuthValidator::new(&resolved).unwrap());
        validator.refresh_now().await.unwrap();
        let decision = static_token_policy(None, Some(&resolved), false).unwrap();
        serve(app().layer(oauth_resource_server::axum::AuthLayer::from_decision(decision, Some(validator)).unwrap()))
            .await
    })
}

/// `huskarl-resource-server` has no layer. `huskarl_check` does the minimum that a layer would do.
fn huskarl(site: Site) -> Starting {
    Box::pin(async move {
        let http = ReqwestClient::builder().build().await.unwrap();
        let jwks_uri = jwks_uri(&site).parse().unwrap();
        let validator = CustomValidator::builder().authorization_server(issuer(&site)).iss(issuer(&site));
        let validator = validator.aud(site.audience).jwks_uri(jwks_uri).jwks_source(http).build().await.unwrap();
        serve(app().layer(from_fn_with_state(Arc::new(validator), huskarl_check))).await
    })
}

async fn huskarl_check(State(validator): State<Arc<CustomValidator>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let url: Uri = format!("{PUBLIC_URL}{path}").parse().unwrap();
    let result = validator.validate_request(&parts.headers, &parts.method, &url, None).await;
    if matches!(result.outcome, Ok(Some(_))) {
        next.run(Request::from_parts(parts, body)).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}
