//! The subject in the span of a request: only with the switch, and only of a verified token.

use std::convert::Infallible;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, web};
use auth0_api_actix::Auth;
use auth0_api_axum::AuthLayer;
use auth0_api_core::ApiClient;
use auth0_api_testing::OfflineTenant;
use axum::body::Body;
use http::{Request, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tracing::field::{Empty, Field, Visit};
use tracing::span::{Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Instrument as _, Span, Subscriber, info_span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Keeps the values that are recorded in spans after these were made.
#[derive(Clone, Default)]
struct Recorded(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Recorded {
    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut Values(self));
    }
}

struct Values<'r>(&'r Recorded);

impl Visit for Values<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.0.lock().unwrap().push(format!("{}={value:?}", field.name()));
    }
}

impl Recorded {
    fn subscribe(&self) -> DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// The span that an application makes for a request.
fn span() -> Span {
    let span = info_span!("request", enduser.id = Empty);
    // Another test may have registered the call site while no subscriber wanted it.
    tracing::callsite::rebuild_interest_cache();
    if span.is_disabled() { info_span!("request", enduser.id = Empty) } else { span }
}

async fn call_axum(layer: AuthLayer, token: &str) {
    let service =
        layer.layer(service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(Response::<Body>::default()) }));
    let request = Request::get("/").header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    _ = service.oneshot(request).instrument(span()).await.unwrap();
}

fn call_actix(auth: Auth, token: &str) {
    actix_web::rt::System::new().block_on(async {
        let app = App::new().wrap(auth).default_service(web::to(HttpResponse::Ok));
        let app = actix_web::test::init_service(app).await;
        let request = actix_web::test::TestRequest::get().insert_header(("authorization", format!("Bearer {token}")));
        _ = actix_web::test::try_call_service(&app, request.to_request()).instrument(span()).await;
    });
}

fn tenant() -> (ApiClient, String, String) {
    let tenant = OfflineTenant::new();
    let mint = tenant.mint().subject("auth0|ada");
    (tenant.api(), mint.sign(), mint.audience("https://other.example.com").sign())
}

const ADA: [&str; 1] = ["enduser.id=\"auth0|ada\""];

#[tokio::test]
async fn the_layer_records_the_subject_only_if_it_is_told_to() {
    let ((api, token, of_another_api), recorded) = (tenant(), Recorded::default());
    let _subscribed = recorded.subscribe();
    call_axum(AuthLayer::new(api.clone()), &token).await;
    assert_eq!(recorded.take(), [""; 0]);
    call_axum(AuthLayer::new(api.clone()).record_subject(), &of_another_api).await;
    assert_eq!(recorded.take(), [""; 0]);
    call_axum(AuthLayer::new(api).record_subject(), &token).await;
    assert_eq!(recorded.take(), ADA);
}

#[test]
fn the_middleware_of_actix_records_the_subject_only_if_it_is_told_to() {
    let ((api, token, of_another_api), recorded) = (tenant(), Recorded::default());
    let _subscribed = recorded.subscribe();
    call_actix(Auth::new(api.clone()), &token);
    assert_eq!(recorded.take(), [""; 0]);
    call_actix(Auth::new(api.clone()).record_subject(), &of_another_api);
    assert_eq!(recorded.take(), [""; 0]);
    call_actix(Auth::new(api).record_subject(), &token);
    assert_eq!(recorded.take(), ADA);
}
