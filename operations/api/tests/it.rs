//! The program sends its traces by OTLP, and serves its metrics.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use auth0_api_testing::LocalTenant;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use axum::{Router, serve};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;

/// A collector of OpenTelemetry that keeps the spans of all requests.
struct Collector {
    url: String,
    spans: UnboundedReceiver<Span>,
}

impl Collector {
    async fn start() -> Self {
        let (sender, spans) = mpsc::unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/v1/traces", post(receive)).with_state(Arc::new(sender));
        tokio::spawn(serve(listener, router).into_future());
        Self { url, spans }
    }

    /// Waits for so many spans, and returns them by the status of their response.
    async fn by_status(&mut self, count: usize) -> BTreeMap<String, Span> {
        let mut spans = BTreeMap::new();
        while spans.len() < count {
            let span = timeout(LIMIT, self.spans.recv()).await.expect("a span arrives in time").unwrap();
            spans.insert(attributes(&span.attributes)["http.response.status_code"].clone(), span);
        }
        spans
    }
}

async fn receive(State(sender): State<Arc<UnboundedSender<Span>>>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|spans| spans.scope_spans);
    scopes.flat_map(|spans| spans.spans).for_each(|span| sender.send(span).unwrap());
}

fn attributes(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let values = attributes
        .iter()
        .filter_map(|attribute| Some((attribute.key.clone(), text(attribute.value.as_ref()?.value.as_ref()?))));
    values.collect()
}

/// The program, which is killed with this value.
struct Program {
    child: Child,
    api: String,
    operators: String,
}

impl Program {
    /// Waits in a thread of the test. The tenant and the collector need another one.
    fn start(tenant: &LocalTenant, collector: &Collector, settings: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_observed-api"))
            .args([
                "--domain",
                tenant.domain(),
                "--audience",
                tenant.audience(),
                "--port",
                "0",
                "--operators-port",
                "0",
            ])
            .args(settings)
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
            .env("OTEL_BSP_SCHEDULE_DELAY", "50")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let line = lines.into_iter().find(|line| line.contains("listening")).expect("the program listens");
        let address = |name: &str| {
            let address = line.split_once(&format!("{name}=")).unwrap().1;
            format!("http://{}", address.split(' ').next().unwrap())
        };
        Self { api: address("api"), operators: address("operators"), child }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(LIMIT).build().unwrap()
}

/// Calls the program with the scope and without it, and returns its spans and its metrics.
async fn observe(settings: &[&str]) -> (BTreeMap<String, Span>, String) {
    let (tenant, mut collector, client) = (LocalTenant::start().await.unwrap(), Collector::start().await, client());
    let program = Program::start(&tenant, &collector, settings);
    for (scope, status) in [("read:orders", 200), ("other", 403)] {
        let token = tenant.mint().subject("auth0|ada").scope(scope).sign();
        let response =
            client.get(format!("{}/orders?secret=query", program.api)).bearer_auth(token).send().await.unwrap();
        assert_eq!(response.status(), status);
    }
    let metrics = client.get(format!("{}/metrics", program.operators)).send().await.unwrap();
    assert_eq!(metrics.headers()["content-type"], "text/plain; version=0.0.4");
    (collector.by_status(2).await, metrics.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_spans_rejections_are_events_in_them_and_no_subject_is_sent() {
    let (spans, _) = observe(&[]).await;
    for (status, span) in &spans {
        let attributes = attributes(&span.attributes);
        assert_eq!(attributes["http.request.method"], "GET");
        assert_eq!(attributes["url.path"], "/orders");
        assert!(!attributes.contains_key("enduser.id"), "{status}: {attributes:?}");
    }
    assert!(spans["200"].events.is_empty(), "{:?}", spans["200"].events);
    let [event] = &*spans["403"].events else { panic!("{:?}", spans["403"].events) };
    let attributes = attributes(&event.attributes);
    assert_eq!(event.name, "request_rejected");
    assert_eq!(attributes["error.type"], "requirement_scope");
    assert_eq!(attributes["http.response.status_code"], "403");
    assert_eq!(attributes["url.path"], "/orders");
    assert!(!format!("{spans:?}").contains("ada") && !format!("{spans:?}").contains("secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_switch_the_subject_is_in_the_span_and_never_in_the_metrics() {
    let (spans, metrics) = observe(&["--record-subject"]).await;
    assert_eq!(attributes(&spans["200"].attributes)["enduser.id"], "auth0|ada");
    // Its token was verified before it was found to lack a scope.
    assert_eq!(attributes(&spans["403"].attributes)["enduser.id"], "auth0|ada");
    assert!(!metrics.contains("ada"), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_are_served_with_the_names_of_the_guide() {
    let (_, metrics) = observe(&[]).await;
    let guide = include_str!("../../../crates/auth0-api-core/src/guide/operating.md");
    assert!(metrics.contains("auth0_api_verifications_total{outcome=\"accepted\"} 2"), "{metrics}");
    let names =
        metrics.lines().filter(|line| line.starts_with("auth0_api_")).filter_map(|line| line.split(['{', ' ']).next());
    let unknown: Vec<_> = names.filter(|name| !guide.contains(&format!("\n| `{name}` |"))).collect();
    assert_eq!(unknown, [""; 0]);
}

const LIMIT: Duration = Duration::from_secs(60);
