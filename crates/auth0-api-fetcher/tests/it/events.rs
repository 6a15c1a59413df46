//! The events and metrics of requests.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use auth0_api_core::exchange::ProofKey;
use auth0_api_fetcher::{FetchCaller, FetchError, FetchToken, Fetcher};
use http::StatusCode;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::world::Server;

/// Records the events of one thread; with `None`, drops them.
#[derive(Clone)]
struct Log(Option<Arc<Mutex<Vec<String>>>>);

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "auth0_api"
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(format!("{} ", event.metadata().level()));
        event.record(&mut fields);
        if let Some(events) = &self.0 {
            events.lock().unwrap().push(fields.0.trim_end().to_owned());
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Makes one request for each answer of a server, and the events of these requests.
async fn events_of(answers: &[(u16, &'static str)], scheme_is_dpop: bool) -> Vec<String> {
    // tracing caches for each call site whether any subscriber wants its events: without a subscriber for the whole process,
    // another test could cache a "no" for a call site.
    _ = tracing::subscriber::set_global_default(Log(None));
    // A call site that another thread registered at the same moment may have kept its "no".
    tracing::callsite::rebuild_interest_cache();
    let answers = answers.to_vec();
    let server = Server::answering(move |number, _| {
        let (status, challenge) = answers.get(number).copied().unwrap_or((200, ""));
        (StatusCode::from_u16(status).unwrap(), [("www-authenticate", challenge), ("dpop-nonce", "n")])
    })
    .await;
    let source = move |_: FetchCaller| async move {
        if scheme_is_dpop { FetchToken::dpop("secret-token") } else { FetchToken::bearer("secret-token") }
    };
    let fetcher = Fetcher::with_source(&server.url, source).insecure_http().proof_key(ProofKey::generate().unwrap());
    let fetcher = fetcher.build().unwrap();
    let log = Log(Some(Arc::default()));
    let subscribed = tracing::subscriber::set_default(log.clone());
    _ = fetcher.for_application().get("/secret-path?secret=query").send().await;
    drop(subscribed);
    let port = server.url.rsplit(':').next().unwrap();
    let origin = format!("server.address=\"127.0.0.1\" server.port={port}");
    let events = log.0.unwrap().lock().unwrap().clone();
    events.iter().map(|event| event.replace(&origin, "ORIGIN")).collect()
}

#[tokio::test]
async fn each_request_is_logged_without_its_token_and_its_path() {
    let scope = "Bearer error=\"insufficient_scope\", scope=\"write:events\"";
    let nonce = "DPoP error=\"use_dpop_nonce\"";
    let denied = "INFO event=\"fetch_denied\" ORIGIN scope=\"write:events\" step_up=false";
    let rejected = "WARN event=\"fetch_failed\" ORIGIN error.type=\"downstream_token_rejected\" hint=\"compare the \
                    audience of the token with the identifier of the other API, and the tenants and the times of both \
                    APIs\"";
    let repeated = "DEBUG event=\"fetch_repeated\" ORIGIN reason=\"nonce\"";
    let fetched = "DEBUG event=\"fetched\" ORIGIN http.response.status_code=200";
    assert_eq!(events_of(&[(200, "")], false).await, [fetched]);
    assert_eq!(events_of(&[(403, scope)], false).await, [denied]);
    assert_eq!(events_of(&[(401, "")], false).await, [rejected]);
    assert_eq!(events_of(&[(401, nonce)], true).await, [repeated, fetched]);
}

#[test]
fn every_event_and_metric_is_listed_in_the_guide() {
    let guide = include_str!("../../../auth0-api-core/src/guide/operating.md");
    let source = include_str!("../../src/report.rs");
    let events = source.split("event = \"").skip(1).chain(source.split("count(\"").skip(1));
    let names: Vec<_> = events.map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(names.contains(&"fetched") && names.contains(&"auth0_api_fetches_total"), "{names:?}");
    for name in names {
        assert!(guide.contains(&format!("\n| `{name}` |")), "{name}");
    }
}

#[tokio::test]
async fn an_error_shows_no_token() {
    let source = |_: FetchCaller| async { FetchToken::bearer("secret-token") };
    let fetcher = Fetcher::with_source("https://user:password@api.example.com", source).build();
    assert!(!format!("{fetcher:?}").contains("password"), "{fetcher:?}");
    let fetcher = Fetcher::with_source("http://127.0.0.1:1", source).insecure_http();
    let fetcher = fetcher.attempt_limit(Duration::from_secs(5)).build().unwrap();
    let caller = FetchCaller::unverified("secret-subject");
    let request = fetcher.for_caller(caller).get("/secret-path");
    assert!(!format!("{fetcher:?} {request:?}").contains("secret-subject"));
    let error = request.send().await.unwrap_err();
    assert!(matches!(error, FetchError::Unanswered(_)), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("secret"), "{error:?}");
}

/// The metrics, on the thread of the test.
#[cfg(feature = "metrics")]
mod metrics {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    use ::metrics::{
        Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit, with_local_recorder,
    };

    use super::events_of;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<BTreeMap<String, u64>>>);

    struct Cell(Kept, String);

    impl CounterFn for Cell {
        fn increment(&self, value: u64) {
            *self.0.0.lock().unwrap().entry(self.1.clone()).or_default() += value;
        }

        fn absolute(&self, _: u64) {}
    }

    impl Recorder for Kept {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            Counter::from_arc(Arc::new(Cell(self.clone(), format!("{} {}", key.name(), labels.join(",")))))
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    #[test]
    fn requests_and_repetitions_are_counted() {
        let kept = Kept::default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        with_local_recorder(&kept, || {
            runtime.block_on(async {
                events_of(&[(200, "")], false).await;
                events_of(&[(403, "")], false).await;
                events_of(&[(401, "DPoP error=\"use_dpop_nonce\"")], true).await;
            });
        });
        let counted = kept.0.lock().unwrap().clone();
        let counted: Vec<_> = counted.iter().map(|(name, count)| format!("{name} {count}")).collect();
        assert_eq!(
            counted,
            [
                "auth0_api_fetch_repeats_total reason=nonce 1",
                "auth0_api_fetches_total outcome=answered 2",
                "auth0_api_fetches_total outcome=downstream_insufficient_scope 1",
            ]
        );
    }
}
