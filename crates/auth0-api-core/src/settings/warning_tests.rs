//! What `build` logs about settings that have no effect.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::Settings;
use super::unknown_variables::among;

/// The fields of all events.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<String>>>);

impl Subscriber for Events {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        if event.metadata().target() == "auth0_api" {
            event.record(&mut self.clone());
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

impl Visit for Events {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.lock().unwrap().push(format!("{field}={value:?}"));
    }
}

#[test]
fn build_logs_what_has_no_effect_by_name_and_without_values() {
    let mut settings = Settings::from_variables(|name| {
        let value = match name {
            "AUTH0_DOMAIN" => "tenant.eu.auth0.com",
            "AUTH0_AUDIENCE" => "https://api.example.com",
            "AUTH0_REDIS_URL" => "redis://:own-hush@a",
            "REDIS_URL" => "redis://:other-hush@b",
            _ => return None,
        };
        Some(value.to_owned())
    });
    settings.entries.warnings = among(["AUTH0_DOPP".into(), "AUTH0_WHATEVER".into()]);
    let events = Events::default();
    tracing::subscriber::with_default(events.clone(), || settings.builder().build()).unwrap();
    let fields = events.0.lock().unwrap().clone();
    assert_eq!(
        fields,
        [
            r#"event="unknown_variable""#,
            r#"variable="AUTH0_DOPP""#,
            r#"hint="no setting has this variable: write AUTH0_DPOP""#,
            r#"event="unknown_variable""#,
            r#"variable="AUTH0_WHATEVER""#,
            r#"hint="no setting has this variable""#,
            r#"event="short_form_ignored""#,
            r#"variable="REDIS_URL""#,
            r#"hint="AUTH0_REDIS_URL has another value, and counts: remove REDIS_URL""#,
        ]
    );
}
