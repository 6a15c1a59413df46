//! Every label of core's errors has words that say what to do.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use super::remedy;

/// Core gives each of its labels a hint, except those of this list: its own test compares the list with all labels.
fn labels_without_hint() -> Vec<&'static str> {
    let source = include_str!("../../../auth0-api-core/src/hint/label_tests.rs");
    let list = source.split_once("const WITHOUT_HINT").unwrap().1.split_once("];").unwrap().0;
    list.split('"').skip(1).step_by(2).collect()
}

#[test]
fn each_label_without_a_hint_has_a_text_of_its_own() {
    let labels = labels_without_hint();
    assert!(labels.len() > 20, "{labels:?}");
    for label in labels {
        // The request is accepted, and something else fails, for which this program has no command.
        let is_of_a_request =
            !["ciba_", "connect_", "downstream_", "exchange_"].iter().any(|prefix| label.starts_with(prefix));
        let text = remedy::of_label(label);
        assert_eq!(text != remedy::WITHOUT_FIX, is_of_a_request, "{label}");
        assert!(text.len() > 40 && !text.ends_with('.') && !text.contains("  "), "{label}: {text}");
    }
}
