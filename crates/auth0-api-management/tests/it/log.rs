//! The events of a thread.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};

/// Keeps the events of this thread as one text; with `None`, drops them.
#[derive(Clone)]
pub(crate) struct Log(Option<Arc<Mutex<String>>>);

impl Log {
    /// Keeps the events of this thread until the guard is dropped.
    pub(crate) fn subscribe() -> (Self, DefaultGuard) {
        // tracing remembers for each call site whether any subscriber wants its events. Without a subscriber for the whole
        // process, another test can cause a "no" before this one subscribes.
        _ = tracing::subscriber::set_global_default(Self(None));
        // A call site that another thread registered at the same moment may have kept its "no".
        tracing::callsite::rebuild_interest_cache();
        let log = Self(Some(Arc::default()));
        let guard = tracing::subscriber::set_default(log.clone());
        (log, guard)
    }

    pub(crate) fn text(&self) -> String {
        self.0.as_ref().unwrap().lock().unwrap().clone()
    }
}

struct Line<'t>(&'t mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{}={value:?} ", field.name()).unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn event(&self, event: &Event<'_>) {
        if let Some(text) = &self.0 {
            let mut text = text.lock().unwrap();
            event.record(&mut Line(&mut text));
            text.push('\n');
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
