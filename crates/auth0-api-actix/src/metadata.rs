//! What the API says about itself, at its well-known paths.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use auth0_api_core::{ApiClient, MetadataResponse};

use crate::request::Headers;

/// Serves the protected resource metadata of a client ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)) at its well-known
/// paths; without [metadata](auth0_api_core::ApiClientBuilder::resource_metadata) there are no paths, and nothing is served.
///
/// Clients read it before they have a token: no [`Auth`](crate::Auth) may cover it. So put `Auth` around a scope, not around the
/// `App`.
///
/// ```
/// use actix_web::{App, web};
/// use auth0_api_actix::{Auth, metadata_routes};
/// use auth0_api_core::{ApiClient, ProtectedResource};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .resource_metadata(ProtectedResource::new("https://api.example.com"))
///     .build()?;
/// let app = App::new()
///     .configure(metadata_routes(&api))
///     .service(web::scope("/api").wrap(Auth::new(api)));
/// # _ = app;
/// # Ok::<(), auth0_api_core::BuildError>(())
/// ```
pub fn metadata_routes(api: &ApiClient) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let api = Data::new(api.clone());
    move |config| {
        for path in api.resource_metadata().iter().flat_map(|metadata| metadata.paths()) {
            config.service(web::resource(path).app_data(api.clone()).to(serve));
        }
    }
}

async fn serve(request: HttpRequest, api: Data<ApiClient>) -> HttpResponse {
    match api.resource_metadata() {
        Some(metadata) => response(&metadata.respond(request.method().as_str(), &Headers(request.headers()))),
        None => HttpResponse::NotFound().finish(),
    }
}

fn response(metadata: &MetadataResponse<'_>) -> HttpResponse {
    let status = StatusCode::from_u16(metadata.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::new(status).set_body(metadata.body().to_owned()).map_into_boxed_body();
    for (name, value) in metadata.headers() {
        // Core writes printable ASCII only, so that every value converts.
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}
