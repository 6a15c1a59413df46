//! A server of the Runtime API, and a function that takes its events from it.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth0_api_testing::LocalTenant;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};

/// A function as its own process, with the runtime of AWS.
pub(crate) struct Function {
    invocations: mpsc::UnboundedSender<Invocation>,
    _process: Child,
}

/// The response of a function, as the gateway reads it.
#[derive(Debug)]
pub(crate) struct Answer(Value);

type Invocation = (Value, oneshot::Sender<Value>);

struct RuntimeApi {
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    answers: Mutex<HashMap<String, oneshot::Sender<Value>>>,
}

impl Function {
    /// Starts one of the programs of this package.
    pub(crate) async fn start(
        program: &str,
        tenant: &LocalTenant,
        settings: &[(&str, &str)],
    ) -> Self {
        let (invocations, waiting) = mpsc::unbounded_channel();
        let api =
            Arc::new(RuntimeApi { waiting: waiting.into(), answers: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{outcome}", post(finished))
            .with_state(api);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let process = Command::new(program)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "orders")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AUTH0_DOMAIN", tenant.local_url())
            .env("AUTH0_AUDIENCE", tenant.audience())
            .env("PUBLIC_URL", "https://api.example.com")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { invocations, _process: process }
    }

    /// Sends an event, and waits for the response.
    pub(crate) async fn invoke(&self, event: Value) -> Answer {
        let (sender, receiver) = oneshot::channel();
        self.invocations.send((event, sender)).unwrap();
        let answer = tokio::time::timeout(Duration::from_secs(60), receiver).await;
        Answer(answer.expect("the function answers").unwrap())
    }
}

impl Answer {
    pub(crate) fn status(&self) -> u64 {
        self.0["statusCode"].as_u64().unwrap_or_else(|| panic!("{self:?}"))
    }

    /// The lines of a header, each with its gateway's way to write several.
    pub(crate) fn lines(&self, name: &str) -> Vec<&str> {
        let several = self.0["multiValueHeaders"][name].as_array();
        match several {
            Some(lines) => lines.iter().filter_map(Value::as_str).collect(),
            None => self.0["headers"][name].as_str().into_iter().collect(),
        }
    }

    pub(crate) fn is_encoded(&self) -> bool {
        self.0["isBase64Encoded"] == true
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        let body = self.0["body"].as_str().unwrap_or_default();
        if self.is_encoded() {
            STANDARD.decode(body).unwrap()
        } else {
            body.as_bytes().to_vec()
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body()).unwrap()
    }
}

/// Answers with the next event, as soon as there is one.
async fn next(State(api): State<Arc<RuntimeApi>>) -> impl IntoResponse {
    let invocation = api.waiting.lock().await.recv().await;
    let Some((event, answer)) = invocation else { return std::future::pending().await };
    let mut answers = api.answers.lock().unwrap();
    let id = format!("invocation-{}", answers.len());
    answers.insert(id.clone(), answer);
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:orders";
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", "9999999999999".to_owned()),
        ("lambda-runtime-invoked-function-arn", arn.to_owned()),
        (
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700".to_owned(),
        ),
    ];
    (headers, Json(event))
}

async fn finished(
    State(api): State<Arc<RuntimeApi>>,
    Path((id, outcome)): Path<(String, String)>,
    // The runtime states no content type.
    answer: Bytes,
) -> impl IntoResponse {
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(outcome, "response", "{answer}");
    // The number of the entries counts the invocations, so the entry stays.
    let (unused, _) = oneshot::channel();
    let waiting = api.answers.lock().unwrap().insert(id, unused);
    waiting.unwrap().send(answer).unwrap();
    axum::http::StatusCode::ACCEPTED
}
