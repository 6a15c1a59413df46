//! The route for the back-channel logouts of the tenant
//! ([OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use actix_web::body::{BodyStream, to_bytes_limited};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use auth0_api_core::ApiClient;
use auth0_api_core::adapter::{LogoutEndpoint, LogoutResponse};

use crate::request::Headers;
use crate::request_body::RequestBody;
use crate::unread;

/// Returns the route that receives the tenant's back-channel logouts at this path. The tenant has no access token, and
/// its logout token is verified by the route, so no [`Auth`](crate::Auth) may cover it: put `Auth` around a scope, not
/// around the `App`.
///
/// Enter the URL of the route as *Back-Channel Logout URI* of the applications whose logouts count. If `api` takes no
/// logouts ([`ApiClientBuilder::logout`](auth0_api_core::ApiClientBuilder::logout)), there is no route, and this function
/// logs a warning. [The guide](auth0_api_core::guide::logout) has more.
///
/// ```
/// use actix_web::{App, web};
/// use auth0_api_actix::logout::MemoryRevocationStore;
/// use auth0_api_actix::{ApiClient, Auth, BuildError, LogoutPolicy, logout_route};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .logout(LogoutPolicy::new(["client-id-of-the-web-site"], MemoryRevocationStore::new()))
///     .build()?;
/// let app = App::new()
///     .configure(logout_route(&api, "/backchannel-logout"))
///     .service(web::scope("/api").wrap(Auth::new(api)));
/// # _ = app;
/// # Ok::<(), BuildError>(())
/// ```
pub fn logout_route(api: &ApiClient, path: &str) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let served = LogoutEndpoint::of(api).map(|endpoint| (path.to_owned(), Data::new(endpoint)));
    move |config| {
        if let Some((path, endpoint)) = served {
            config.service(web::resource(path).app_data(endpoint).to(serve));
        }
    }
}

async fn serve(request: HttpRequest, payload: Payload, endpoint: Data<LogoutEndpoint>) -> HttpResponse {
    let mut body = RequestBody::new(payload.into_inner());
    let read = async { to_bytes_limited(BodyStream::new(&mut body), LogoutEndpoint::MAX_BODY).await.ok()?.ok() };
    let logout = endpoint.respond(request.method().as_str(), &Headers(request.headers()), read).await;
    unread::close(&request, body).await;
    response(&logout)
}

fn response(logout: &LogoutResponse) -> HttpResponse {
    let status = StatusCode::from_u16(logout.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::new(status).set_body(logout.body().to_owned()).map_into_boxed_body();
    for (name, value) in logout.headers() {
        // Always `Ok`: core writes printable ASCII only.
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}
