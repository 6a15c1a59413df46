//! Crates for actix-web, each with one worker.

use std::sync::Arc;

use actix_4_jwt_auth::biscuit::{Validation, ValidationOptions};
use actix_4_jwt_auth::{Oidc, OidcBiscuitValidator, OidcConfig};
use actix_web::dev::ServiceRequest;
use actix_web::error::ErrorUnauthorized;
use actix_web::web::{ServiceConfig, get, scope};
use actix_web::{App, HttpServer, Scope};
use actix_web_httpauth::extractors::bearer::BearerAuth;
use actix_web_httpauth::middleware::HttpAuthentication;
use jwks_client_rs::JwksClient;
use jwks_client_rs::source::WebSource;
use serde_json::Value;

use super::Starting;
use crate::site::Site;

pub(super) fn actix_4_jwt_auth(site: Site) -> Starting {
    Box::pin(async move {
        let oidc = Oidc::new(OidcConfig::KeyUrl(site.jwks_uri.into())).await.unwrap();
        let options = ValidationOptions {
            issuer: Validation::Validate(site.issuer),
            audience: Validation::Validate(site.audience),
            ..ValidationOptions::default()
        };
        let validator = OidcBiscuitValidator { options };
        serve(move |config| _ = config.app_data(oidc.clone()).service(orders().wrap(validator.clone())))
    })
}

/// `jwks_client_rs` checks no issuer, so the application does.
pub(super) fn jwks_client(site: Site) -> Starting {
    Box::pin(async move {
        let (client, site) = (key_client(&site), Arc::new(site));
        serve(move |config| {
            let (client, site) = (client.clone(), Arc::clone(&site));
            let check = move |request: ServiceRequest, credentials: BearerAuth| {
                let (client, site) = (client.clone(), Arc::clone(&site));
                async move {
                    let claims = client.decode::<Value>(credentials.token(), &[&site.audience]).await;
                    match claims {
                        Ok(claims) if claims["iss"] == site.issuer => Ok(request),
                        _ => Err((ErrorUnauthorized("invalid token"), request)),
                    }
                }
            };
            config.service(orders().wrap(HttpAuthentication::bearer(check)));
        })
    })
}

pub(crate) fn key_client(site: &Site) -> JwksClient<WebSource> {
    JwksClient::builder().build(WebSource::builder().build(site.jwks_uri.parse().unwrap()).unwrap())
}

fn orders() -> Scope {
    scope("").route("/orders", get().to(super::answer))
}

/// Starts a server that runs until the process ends.
fn serve(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> std::net::SocketAddr {
    let server = HttpServer::new(move || App::new().configure(&configure)).workers(1).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    tokio::spawn(server.run());
    address
}
