//! The events that a test causes.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// Records the events of one thread; with `None`, drops them.
#[derive(Clone)]
pub(crate) struct Log(Option<Arc<Mutex<Vec<String>>>>);

struct Fields(String);

impl Log {
    pub(crate) fn new() -> Self {
        listen();
        Self(Some(Arc::default()))
    }

    pub(crate) fn subscribe(&self) -> DefaultGuard {
        tracing::subscriber::set_default(self.clone())
    }

    /// The events with this name, as their level and their fields.
    pub(crate) fn named(&self, name: &str) -> Vec<String> {
        let events = self.0.as_ref().unwrap().lock().unwrap();
        events.iter().filter(|event| event.contains(&format!("event={name:?}"))).cloned().collect()
    }
}

/// Sets a subscriber for the whole process. Each server of a test calls it before its first event.
///
/// tracing asks the subscribers once for each call site, and caches the answer. A thread that asks while there is none, and
/// stores the "no" after another thread has set one and asked again, would hide the events of this call site from all tests.
/// With this, no thread asks before there is one: `Once` waits.
pub(crate) fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        _ = tracing::subscriber::set_global_default(Log(None));
        // For the call sites that asked before: those of threads without a server.
        tracing::callsite::rebuild_interest_cache();
    });
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "auth0_api"
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(event.metadata().level().to_string());
        event.record(&mut fields);
        if let Some(events) = &self.0 {
            events.lock().unwrap().push(fields.0);
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
