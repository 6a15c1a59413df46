//! The log events of core.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// Records the `auth0_api` events of this thread; with `None`, drops them.
#[derive(Clone)]
pub(crate) struct Log(Option<Arc<Mutex<Vec<Fields>>>>);

/// An event's level, and the names and values of its fields, in their order.
#[derive(Clone, Debug)]
struct Fields(Vec<(&'static str, String)>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "auth0_api"
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(vec![("level", event.metadata().level().to_string())]);
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
    /// Records the events of this thread until the guard is dropped.
    pub(crate) fn subscribe() -> (Self, DefaultGuard) {
        // tracing caches for each call site whether any subscriber wants its events. Without a subscriber for the whole
        // process, another test can cache a "no" for a call site while this test subscribes.
        _ = tracing::subscriber::set_global_default(Self(None));
        // A call site that another thread registered at the same moment may have kept its "no".
        tracing::callsite::rebuild_interest_cache();
        let log = Self(Some(Arc::default()));
        let subscribed = tracing::subscriber::set_default(log.clone());
        (log, subscribed)
    }

    /// Returns the names of the events, and all events as one text.
    pub(crate) fn read(&self) -> (Vec<String>, String) {
        let events = self.0.as_ref().unwrap().lock().unwrap().clone();
        let name = |event: &Fields| event.0.iter().find(|(name, _)| *name == "event").map(|(_, value)| value.clone());
        (events.iter().filter_map(name).collect(), format!("{events:?}"))
    }

    /// Returns the level and the label of each rejected request.
    pub(crate) fn rejections(&self) -> Vec<String> {
        let events = self.0.as_ref().unwrap().lock().unwrap().clone();
        let value =
            |event: &Fields, wanted| event.0.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
        let rejected = events.iter().filter(|event| value(event, "event").as_deref() == Some("request_rejected"));
        rejected
            .map(|event| format!("{} {}", value(event, "level").unwrap(), value(event, "error.type").unwrap()))
            .collect()
    }
}
