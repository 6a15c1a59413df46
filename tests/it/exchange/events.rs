//! The log events of exchanges.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use auth0_api_testing::HttpAnswer;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::scene::Scene;
use super::scripted::tokens;

/// Records the `auth0_api` events of this thread; with `None`, drops them.
#[derive(Clone)]
struct Log(Option<Arc<Mutex<Vec<Fields>>>>);

/// The names and values of one event's fields, in their order.
#[derive(Clone, Debug, Default)]
struct Fields(Vec<(&'static str, String)>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "auth0_api"
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        if let Some(events) = &self.0 {
            events.lock().unwrap().push(fields);
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

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push((field.name(), format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }
}

impl Log {
    /// Returns the names of the events, and all events as one text.
    fn read(&self) -> (Vec<String>, String) {
        let events = self.0.as_ref().unwrap().lock().unwrap().clone();
        let name = |event: &Fields| event.0.iter().find(|(name, _)| *name == "event").map(|(_, value)| value.clone());
        (events.iter().filter_map(name).collect(), format!("{events:?}"))
    }
}

#[tokio::test]
async fn cache_hits_misses_and_failures_are_logged_without_tokens() {
    let scene = Scene::new();
    let ada = scene.caller("auth0|ada").await;
    // tracing caches for each call site whether any subscriber wants its events. Without a subscriber for the whole
    // process, another test can cache a "no" for a call site while this test subscribes.
    _ = tracing::subscriber::set_global_default(Log(None));
    let log = Log(Some(Arc::default()));
    let subscribed = tracing::subscriber::set_default(log.clone());

    let rejected = serde_json::json!({ "error": "invalid_grant", "error_description": "hush" });
    scene.tokens.answer([HttpAnswer::json(400, &rejected), tokens("hush-token")]);
    assert!(scene.on_behalf_of(&ada).await.is_err());
    for _ in 0..2 {
        scene.on_behalf_of(&ada).await.unwrap();
    }
    drop(subscribed);

    let (events, texts) = log.read();
    let expected = [
        "exchange_cache_miss",
        "token_exchange_failed",
        "exchange_cache_miss",
        "token_exchanged",
        "exchange_cache_hit",
    ];
    assert_eq!(events, expected);
    assert!(texts.contains("the token endpoint answered 400 invalid_grant"), "{texts}");
    assert!(texts.contains("urn:ietf:params:oauth:grant-type:token-exchange"), "{texts}");
    for secret in ["hush", "api-secret", ada.access_token().expose()] {
        assert!(!texts.contains(secret), "{texts}");
    }
}
