//! Parsing any text gives a target URL or an error. A target URL has the same normal form, whether it is parsed as a
//! whole or from its parts. The parts of a request have no dot segments.
#![no_main]

use auth0_api_core::called_url::{TargetError, TargetUrl};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let whole = TargetUrl::parse(text);
    if let Ok(url) = &whole {
        check_normal_form(url);
        check_dropped_parts(text, url);
    }
    // Splits the same text as a server receives it: the authority ends where the request target begins.
    if let Some((scheme, rest)) = text.split_once("://") {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        match TargetUrl::from_parts(scheme, authority, target) {
            // The query of a request is not checked, and the query of a whole URL is.
            Ok(parts) => assert!(Ok(parts) == whole || !text.bytes().all(|octet| octet.is_ascii_graphic())),
            Err(TargetError::DotSegment) => assert!(has_dots(target)),
            // The results differ only for targets that a request line cannot have: an empty target, or a fragment.
            Err(_) => assert!(whole.is_err() || target.is_empty() || target.starts_with('#')),
        }
    }
    // A text that is used as one part must not change the other parts.
    for url in [
        TargetUrl::from_parts(text, "api.example.com", "/orders"),
        TargetUrl::from_parts("https", text, "/orders"),
        TargetUrl::from_parts("https", "api.example.com", text),
    ]
    .into_iter()
    .flatten()
    {
        check_normal_form(&url);
        let url = url.to_string();
        assert!(url.ends_with("/orders") || url.starts_with("https://api.example.com/"), "{url}");
    }
});

/// Returns whether a segment before the query is `.` or `..`.
fn has_dots(target: &str) -> bool {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let decoded = path.replace("%2e", ".").replace("%2E", ".");
    decoded.split('/').any(|segment| matches!(segment, "." | ".."))
}

fn check_normal_form(url: &TargetUrl) {
    let text = url.to_string();
    assert_eq!(TargetUrl::parse(&text).as_ref(), Ok(url), "{text}");
    assert!(text.bytes().all(|octet| octet.is_ascii_graphic() && !b"?#\\".contains(&octet)), "{text}");
    let (scheme, rest) = text.split_once("://").expect("a scheme");
    assert!(matches!(scheme, "http" | "https"), "{text}");
    let (authority, path) = rest.split_at(rest.find('/').expect("a path"));
    assert!(!authority.is_empty() && !authority.contains('@'), "{text}");
    assert!(!authority.bytes().any(|octet| octet.is_ascii_uppercase()), "{text}");
    assert!(path.split('/').all(|segment| !matches!(segment, "." | "..")), "{text}");
}

/// Checks that the query, the fragment, and the case of scheme and host do not change a target.
fn check_dropped_parts(text: &str, url: &TargetUrl) {
    let kept = text.split(['?', '#']).next().unwrap_or_default();
    let (origin, path) = kept.split_at(kept.find("://").map_or(0, |scheme| {
        let host = scheme + "://".len();
        kept[host..].find('/').map_or(kept.len(), |slash| host + slash)
    }));
    for same in [
        kept.to_owned(),
        format!("{kept}?a=/../b"),
        format!("{kept}#/../b"),
        origin.to_ascii_uppercase() + path,
        origin.to_ascii_lowercase() + path,
    ] {
        assert_eq!(TargetUrl::parse(&same).as_ref(), Ok(url), "{same}");
    }
}
