//! Protected resource metadata ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)) at its well-known paths.

use actix_web::dev::Url;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use auth0_api_core::ApiClient;
use auth0_api_core::adapter::{MetadataRoute, metadata_of_all, metadata_to_serve};
use auth0_api_core::metadata::MetadataResponse;

use crate::request::Headers;
use crate::request_body::RequestBody;
use crate::unread;

/// Returns routes that serve the metadata of an API. A client reads the metadata before it has a token, so no
/// [`Auth`](crate::Auth) may cover these routes: put `Auth` around a scope, not around the `App`.
///
/// If `api` has no [`resource_metadata`](auth0_api_core::ApiClientBuilder::resource_metadata), there are no routes, and
/// this function logs a warning. The paths of the routes are those of
/// [`MetadataEndpoint::paths`](auth0_api_core::metadata::MetadataEndpoint::paths). They start at the root of the host, so do not
/// add the routes to a scope.
///
/// ```
/// use actix_web::{App, web};
/// use auth0_api_actix::{ApiClient, Auth, BuildError, ProtectedResource, metadata_routes};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .resource_metadata(ProtectedResource::new("https://api.example.com"))
///     .build()?;
/// let app = App::new()
///     .configure(metadata_routes(&api))
///     .service(web::scope("/api").wrap(Auth::new(api)));
/// # _ = app;
/// # Ok::<(), BuildError>(())
/// ```
#[doc(alias = "rfc9728", alias = "well_known")]
pub fn metadata_routes(api: &ApiClient) -> impl FnOnce(&mut ServiceConfig) + use<> {
    routes(metadata_to_serve(api))
}

/// Returns routes that serve the metadata of several APIs on one host, like [`metadata_routes`]. `root` also has the path
/// for the root of the host, for clients that know only the host. Do not add the routes of two calls of
/// [`metadata_routes`]: both have that path, and actix-web serves the first one only.
///
/// ```
/// use actix_web::App;
/// use auth0_api_actix::{ApiClient, BuildError, ProtectedResource, metadata_routes_of_all};
///
/// let client = |resource| {
///     ApiClient::builder("tenant.eu.auth0.com", resource)
///         .resource_metadata(ProtectedResource::new(resource))
///         .build()
/// };
/// let (orders, mcp) =
///     (client("https://api.example.com/orders")?, client("https://api.example.com/mcp")?);
/// let app = App::new().configure(metadata_routes_of_all(&orders, [&mcp]));
/// # _ = app;
/// # Ok::<(), BuildError>(())
/// ```
pub fn metadata_routes_of_all<'a, I: IntoIterator<Item = &'a ApiClient>>(
    root: &'a ApiClient,
    others: I,
) -> impl FnOnce(&mut ServiceConfig) + use<I> {
    routes(metadata_of_all(root, others))
}

fn routes(served: Vec<MetadataRoute>) -> impl FnOnce(&mut ServiceConfig) + use<> {
    move |config| {
        for route in served {
            config.service(web::resource(pattern(route.path())).app_data(Data::new(route)).to(serve));
        }
    }
}

/// Returns the pattern that matches this path only. actix-web matches the path of a request after it has decoded most
/// percent-encoded octets, so the pattern contains the decoded ones.
fn pattern(path: &str) -> String {
    // Always `Ok`: core accepts only paths of RFC 3986.
    let Ok(uri) = path.parse() else { return path.to_owned() };
    let url = Url::new(uri);
    let decoded = url.path();
    if !decoded.contains('{') && !decoded.ends_with('*') {
        return decoded.to_owned();
    }
    // `{` and a `*` at the end have a meaning in patterns, and no escape. So the pattern is a regular expression that
    // contains each character as a number.
    let numbers =
        decoded.chars().skip(1).fold(String::new(), |numbers, char| format!(r"{numbers}\x{{{:x}}}", u32::from(char)));
    format!("/{{path:{numbers}}}")
}

async fn serve(request: HttpRequest, payload: Payload, route: Data<MetadataRoute>) -> HttpResponse {
    unread::close(&request, RequestBody::new(payload.into_inner())).await;
    response(&route.metadata().respond(request.method().as_str(), &Headers(request.headers())))
}

fn response(metadata: &MetadataResponse<'_>) -> HttpResponse {
    let status = StatusCode::from_u16(metadata.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::new(status).set_body(metadata.body().to_owned()).map_into_boxed_body();
    for (name, value) in metadata.headers() {
        // Always `Ok`: core writes printable ASCII only.
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}
