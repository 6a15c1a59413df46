//! No text makes the settings panic, and no text of a secret is in an error or in `Debug`.

#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;

use super::Settings;
use crate::http::ReqwestClient;
use crate::known_settings::KNOWN;

/// One client for all cases: a new one reads all certificates of the system.
static HTTP: LazyLock<Arc<ReqwestClient>> = LazyLock::new(|| Arc::new(ReqwestClient::new().unwrap()));

/// Texts of all kinds, many of them almost valid.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z0-9:/.,' \"\\-]{0,40}",
        "[0-9]{1,30}(ms|s|m|h|d|x)",
        "(https?://)?[a-z0-9.]{0,20}(:[0-9]{0,6})?/?",
        Just("on".to_owned()),
        Just("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".to_owned()),
    ]
}

fn settings() -> impl Strategy<Value = Vec<(usize, String)>> {
    prop::collection::vec((0..KNOWN.len(), text()), 0..12)
}

fn shown(settings: &Settings) -> String {
    let builder = settings.builder().http_client(Arc::clone(&HTTP));
    let error = builder.clone().build().map_or_else(|error| error.to_string(), |api| api.summary().to_string());
    _ = (settings.cors_origins(), settings.redis_url());
    format!("{settings:?} {builder:?} {error}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_variable_causes_a_panic(written in settings()) {
        let settings = Settings::from_variables(|name| {
            let of = |index: &usize| KNOWN.get(*index).is_some_and(|setting| name == setting.variable());
            written.iter().find(|(index, _)| of(index)).map(|(_, value)| value.clone())
        });
        shown(&settings);
    }

    #[test]
    fn no_file_causes_a_panic(written in settings(), key in any::<String>(), text in any::<String>()) {
        let known = written.iter().map(|(index, value)| (KNOWN.get(*index).unwrap().key.to_owned(), value.clone()));
        let table: serde_json::Map<_, _> =
            known.chain([(key, text)]).map(|(key, value)| (key, value.into())).collect();
        shown(&serde_json::from_value(table.into()).unwrap());
    }

    #[test]
    fn no_secret_is_shown(beginning in "[ '\"{-]?", end in "[ '\"}]?", together in any::<bool>()) {
        // Too short for a secret of a nonce, no key, and no URL of Redis.
        let secret = format!("{beginning}hush-5ecret{end}");
        for of in KNOWN.iter().filter(|setting| setting.is_secret) {
            for suffix in ["", "_FILE"] {
                let settings = Settings::from_variables(|name| {
                    let is_secret = KNOWN.iter().any(|other| {
                        other.is_secret && (together || other.key == of.key) && name == format!("{}{suffix}", other.variable())
                    });
                    is_secret.then(|| secret.clone())
                });
                prop_assert!(!shown(&settings).contains("5ecret"), "{}", shown(&settings));
            }
        }
    }
}
