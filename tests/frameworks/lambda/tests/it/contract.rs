//! The adapter for a plain handler follows the rules of `auth0_api_testing::contract::adapter`.
//!
//! The gateway here writes each header line into `multiValueHeaders`, and only there: so no
//! line is lost. What real gateways lose is tested in `runtime.rs`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use auth0_api_core::adapter::{Admission, MetadataRoute, RouteGate, metadata_to_serve};
use auth0_api_core::{
    ExchangeError, Guard as _, Rejection, Requirement, VerifiedToken, guard,
};
use auth0_api_testing::contract::adapter::{
    Answer, BLANK_SUBJECT, Chapter, Harness, INNER_HEADERS, REJECTED, Site,
};
use axum::Router;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambda_adapter::{Auth, Failure, check, extract, metadata};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use lambda_http::tower::Layer as _;
use lambda_http::{
    Adapter, Body, Context, LambdaEvent, Request, Response, Service as _, service_fn,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tower_http::cors::CorsLayer;

guard!(ReadMessages = Requirement::scope("read:messages"));

struct Lambda;

impl Harness for Lambda {
    async fn open(&self, site: Site) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let gateway =
            Router::new().fallback(gateway).with_state(Arc::new(Function::new(&site)));
        tokio::spawn(async move { axum::serve(listener, gateway).await });
        address
    }

    /// The adapter joins the lines of one name.
    fn translate(&self, answer: Answer) -> Answer {
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in answer.headers {
            match headers
                .iter_mut()
                .find(|(known, _)| *known == name && name != "set-cookie")
            {
                Some((_, line)) => *line = format!("{line}, {value}"),
                None => headers.push((name, value)),
            }
        }
        Answer::new(answer.status, headers, answer.body)
    }

    fn covers(&self, chapter: Chapter) -> bool {
        chapter != Chapter::Http2
    }
}

/// Sends each request to the function as an event, and its response to the client.
async fn gateway(
    State(function): State<Arc<Function>>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let payload = serde_json::from_str(&event(&parts, &body).to_string()).unwrap();
    let handler = service_fn(move |request| {
        let function = Arc::clone(&function);
        async move { Ok::<_, Infallible>(function.answer(request).await) }
    });
    let event = LambdaEvent { payload, context: Context::default() };
    let Ok(response) = Adapter::from(handler).call(event).await;
    let response = serde_json::to_value(response).unwrap();
    let status =
        StatusCode::from_u16(response["statusCode"].as_u64().unwrap() as u16).unwrap();
    let mut headers = HeaderMap::new();
    for (name, lines) in response["multiValueHeaders"].as_object().unwrap() {
        for line in lines.as_array().unwrap() {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, line.as_str().unwrap().parse().unwrap());
        }
    }
    let body = response["body"].as_str().unwrap_or_default();
    let is_encoded = response["isBase64Encoded"] == true;
    let body = if is_encoded { STANDARD.decode(body).unwrap() } else { body.into() };
    (status, headers, body).into_response()
}

fn event(parts: &Parts, body: &[u8]) -> Value {
    let mut lines = Map::new();
    for (name, value) in &parts.headers {
        // `lambda_http` reads no event whose headers are not ASCII.
        let value = String::from_utf8_lossy(value.as_bytes())
            .replace(|char: char| !char.is_ascii(), "?");
        lines
            .entry(name.as_str())
            .or_insert_with(|| json!([]))
            .as_array_mut()
            .unwrap()
            .push(value.into());
    }
    json!({
        "path": parts.uri.path(), "httpMethod": parts.method.as_str(),
        "headers": {}, "multiValueHeaders": lines,
        "requestContext": {
            "httpMethod": parts.method.as_str(), "stage": "$default",
            "domainName": parts.uri.authority().map(ToString::to_string),
            "identity": { "sourceIp": "127.0.0.1" }
        },
        "body": STANDARD.encode(body), "isBase64Encoded": true
    })
}

type Answered = Result<Response<Body>, Failure>;

struct Function {
    auth: Auth,
    other: Auth,
    hooked: Auth,
    scoped: RouteGate,
    misplaced: RouteGate,
    reads: RouteGate,
    admin: RouteGate,
    metadata: Vec<MetadataRoute>,
}

impl Function {
    fn new(site: &Site) -> Self {
        let (auth, other) = (Auth::new(site.api.clone()), Auth::new(site.other.clone()));
        let reads = || Requirement::scope("read:messages");
        let has_metadata = site.api.resource_metadata().is_some();
        Self {
            hooked: auth.clone().rejection_body(problem),
            scoped: auth.require(Requirement::scopes(["read:messages", "read:drafts"])),
            misplaced: other.require(reads()),
            reads: auth.require(reads()),
            admin: auth.require(Requirement::scope("admin")),
            metadata: if has_metadata {
                metadata_to_serve(&site.api)
            } else {
                Vec::new()
            },
            auth,
            other,
        }
    }

    async fn answer(&self, request: Request) -> Response<Body> {
        if let Some(response) = metadata(&self.metadata, &request) {
            return response;
        }
        let mut response = self.route(request).await;
        if let Some(label) = response.extensions().get().map(Rejection::label) {
            response.headers_mut().insert(REJECTED, HeaderValue::from_static(label));
        }
        response
    }

    async fn route(&self, request: Request) -> Response<Body> {
        let (auth, other, hooked) = (&self.auth, &self.other, &self.hooked);
        let optional = auth.clone().optional();
        match request.uri().path() {
            "/public" => text("public"),
            "/private" | "/nested/private" => auth.protect(request, subject).await,
            "/scoped" => {
                auth.protect(request, |request| required(&self.scoped, request)).await
            }
            "/misplaced" => {
                auth.protect(request, |request| required(&self.misplaced, request)).await
            }
            "/typed" => auth.protect(request, typed).await,
            "/optional" => optional.protect(request, optional_subject).await,
            "/address" => optional.protect(request, end_user).await,
            "/demanding" => optional.protect(request, subject).await,
            "/twice" => {
                let inner = async |request| Ok(auth.protect(request, subject).await);
                optional.protect(request, inner).await
            }
            "/both" => {
                let inner = async |request| Ok(other.protect(request, subject).await);
                auth.protect(request, inner).await
            }
            "/stripped" => {
                let inner = async |mut request: Request| {
                    request.headers_mut().remove("authorization");
                    Ok(other.clone().optional().protect(request, stored).await)
                };
                auth.protect(request, inner).await
            }
            "/failing" => auth.protect(request, failing).await,
            "/failing/exchange" => auth.protect(request, failing_exchange).await,
            "/failing/decorated" => auth.protect(request, decorated).await,
            "/failing/recovered" => auth.protect(request, recovered).await,
            "/failing/bare" => bare(failing_exchange(request).await),
            "/claims" => auth.protect(request, claims).await,
            "/claims/missing" => auth.protect(request, missing_claims).await,
            "/claims/optional" => optional.protect(request, optional_claims).await,
            "/bare" => bare(subject(request).await),
            "/bare/optional" => bare(optional_subject(request).await),
            "/bare/address" => bare(end_user(request).await),
            "/bare/scoped" => bare(required(&self.reads, request).await),
            "/teapot" => auth.protect(request, teapot).await,
            "/caching" => auth.protect(request, caching).await,
            "/echo" => auth.protect(request, echo).await,
            "/hooked" => {
                hooked.protect(request, |request| required(&self.admin, request)).await
            }
            "/hooked/failing" => hooked.protect(request, failing).await,
            "/hooked/demanding" => {
                hooked.clone().optional().protect(request, subject).await
            }
            "/cors" => {
                let protected = async |request| {
                    Ok::<_, Infallible>(auth.protect(request, subject).await)
                };
                let Ok(response) = CorsLayer::permissive()
                    .layer(service_fn(protected))
                    .call(request)
                    .await;
                response
            }
            _ => status(StatusCode::NOT_FOUND),
        }
    }
}

fn problem(rejection: &Rejection, headers: &HeaderMap) -> (&'static str, String) {
    let id =
        headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    (
        "application/problem+json",
        format!(r#"{{"title":"{}","id":"{id}"}}"#, rejection.label()),
    )
}

fn text(text: impl Into<Body>) -> Response<Body> {
    Response::new(text.into())
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = text("");
    *response.status_mut() = status;
    response
}

fn name(token: &VerifiedToken) -> Response<Body> {
    text(token.subject().unwrap_or_default())
}

fn bare(answered: Answered) -> Response<Body> {
    answered.unwrap_or_else(Failure::into_response)
}

async fn subject(request: Request) -> Answered {
    extract(&request, Admission::demand).map(name)
}

async fn required(requirement: &RouteGate, request: Request) -> Answered {
    check(requirement, &request)?;
    subject(request).await
}

async fn typed(request: Request) -> Answered {
    extract(&request, |admission| {
        admission.demand_that_meets(ReadMessages::requirement())
    })
    .map(name)
}

async fn optional_subject(request: Request) -> Answered {
    let token = extract(&request, |admission| Ok(admission.token()))?;
    Ok(token.map_or_else(|| text("anonymous"), name))
}

async fn end_user(request: Request) -> Answered {
    let address = extract(&request, |admission| Ok(admission.end_user_address()))?;
    Ok(text(address.map_or("none".to_owned(), |address| address.to_string())))
}

/// Answers with the token in the extensions.
async fn stored(request: Request) -> Answered {
    Ok(request.extensions().get().map_or_else(|| text("anonymous"), name))
}

async fn failing(request: Request) -> Answered {
    let token = extract(&request, Admission::demand)?;
    Requirement::scope("write:orders").check(token)?;
    Ok(text(""))
}

async fn failing_exchange(_: Request) -> Answered {
    Err(ExchangeError::from(BLANK_SUBJECT).into())
}

async fn decorated(request: Request) -> Answered {
    let mut response = bare(failing(request).await);
    for (name, value) in INNER_HEADERS {
        response.headers_mut().append(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

async fn recovered(request: Request) -> Answered {
    let mut response = bare(failing(request).await);
    *response.status_mut() = StatusCode::OK;
    *response.body_mut() = "recovered".into();
    Ok(response)
}

async fn claims(request: Request) -> Answered {
    Ok(text(extract(&request, Admission::claims::<Known>)?.scope))
}

async fn missing_claims(request: Request) -> Answered {
    Ok(text(extract(&request, Admission::claims::<Missing>)?.tier))
}

async fn optional_claims(request: Request) -> Answered {
    let token = extract(&request, |admission| Ok(admission.token()))?;
    Ok(text(token.map_or("anonymous".to_owned(), |token| {
        token.claims_as::<Known>().unwrap().scope
    })))
}

#[derive(Deserialize)]
struct Known {
    scope: String,
}

#[derive(Deserialize)]
struct Missing {
    #[serde(rename = "https://example.com/tier")]
    tier: String,
}

async fn teapot(request: Request) -> Answered {
    extract(&request, Admission::demand)?;
    let mut response = text("teapot");
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    Ok(response)
}

async fn caching(request: Request) -> Answered {
    let mut response = subject(request).await?;
    let headers = response.headers_mut();
    headers.insert("cache-control", HeaderValue::from_static("public, max-age=60"));
    headers.insert("dpop-nonce", HeaderValue::from_static("stale"));
    Ok(response)
}

async fn echo(request: Request) -> Answered {
    extract(&request, Admission::demand)?;
    Ok(text(request.into_body()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_adapter_follows_the_rules() {
    auth0_api_testing::contract::adapter(&Lambda).await;
}
