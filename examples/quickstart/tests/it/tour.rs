//! The guided tour.

use crate::{assert_fits_80_columns, printed, run};

#[tokio::test]
async fn the_tour_has_one_line_for_each_case_and_counts_them() {
    let output = run(&[], &[]).await;
    let text = printed(&output);
    assert!(output.status.success(), "{text}");
    assert_fits_80_columns(&text);
    assert!(!text.contains(['\u{1b}', '✗']), "{text}");
    let cases = text.lines().filter(|line| line.starts_with("  ✓ ")).count();
    assert_eq!(cases, 28, "{text}");
    assert!(text.lines().any(|line| line.starts_with("28 of 28 as promised in ")), "{text}");
    for chapter in 1..=7 {
        assert!(text.lines().any(|line| line.starts_with(&format!("{chapter}/7  "))), "{chapter}: {text}");
    }
    for line in [
        "  ✓ a public route, no token                     200",
        "  ✓ an expired token                             401 has expired",
        "  ✓ a valid token without the scope of the route 403 needs read:messages",
        "  ✓ the same proof again                         401 has been used before",
    ] {
        assert!(text.lines().any(|printed| printed == line), "{line}: {text}");
    }
    let next = text.lines().skip_while(|line| *line != "Next").count();
    assert_eq!(next, 6, "{text}");
    assert!(text.contains("\nNext\n  every header and body    cargo run -p quickstart -- --verbose\n"), "{text}");
}

#[tokio::test]
async fn a_broken_promise_is_shown_with_its_exchange_and_fails() {
    let output = run(&["--allow-replays"], &[]).await;
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_fits_80_columns(&text);
    let broken: Vec<_> = text.lines().skip_while(|line| !line.starts_with("  ✗ ")).take(5).collect();
    assert_eq!(broken[0], "  ✗ the same proof again                         200");
    assert_eq!(broken[1], "      promised: 401 has been used before");
    assert!(broken[2].starts_with("      GET http://127.0.0.1:"), "{broken:?}");
    assert!(broken[3].starts_with("      Authorization: DPoP ey") && broken[3].ends_with('…'), "{broken:?}");
    assert!(broken[4].starts_with("      DPoP: ey"), "{broken:?}");
    assert!(text.contains("\n      200 OK\n") && text.contains(r#""subject":"auth0|local-user""#), "{text}");
    assert_eq!(text.matches('✗').count(), 1, "{text}");
    assert!(text.lines().last().unwrap().starts_with("27 of 28 as promised, 1 broken in "), "{text}");
}

#[tokio::test]
async fn verbose_shows_each_exchange() {
    let output = run(&["--verbose"], &[]).await;
    let text = printed(&output);
    assert!(output.status.success(), "{text}");
    assert_fits_80_columns(&text);
    // Two of the 28 cases are calls to the tenant, which the SDK sends.
    assert_eq!(text.matches("\n      GET http://127.0.0.1:").count(), 26, "{text}");
    assert_eq!(text.matches("\n      date: ").count(), 26, "{text}");
    assert!(text.contains("      www-authenticate: Bearer realm=\"api\", error=\"insufficient_scope\",\n"), "{text}");
}

#[tokio::test]
async fn colours_are_only_for_terminals_unless_they_are_forced() {
    let forced = printed(&run(&[], &[("CLICOLOR_FORCE", "1")]).await);
    for coloured in ["\u{1b}[32m✓", "\u{1b}[36m✓", "\u{1b}[1m1/7  "] {
        assert!(forced.contains(coloured), "{forced}");
    }
    let plain = printed(&run(&[], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]).await);
    assert!(!plain.contains('\u{1b}'), "{plain}");
}

#[tokio::test]
async fn the_help_fits_80_columns() {
    let text = printed(&run(&["--help"], &[]).await);
    assert!(text.contains("--verbose") && text.contains("--serve"), "{text}");
    assert_fits_80_columns(&text);
}

#[tokio::test]
async fn a_machine_without_ca_certificates_can_run_the_tour() {
    let output = run(&[], &[("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", "/nonexistent")]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
