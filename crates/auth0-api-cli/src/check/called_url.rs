//! The URL of a request, for an API that knows its public URL: a proxy may strip the path of that URL.

/// Returns the URL that the API receives, if the client has called `url`.
pub(super) fn received(url: &str, public_url: Option<&str>) -> String {
    let Some(base) = public_url.map(|public| public.trim_end_matches('/')) else { return url.to_owned() };
    match url.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#'])) {
        Some(rest) => format!("{}{rest}", origin(base)),
        None => url.to_owned(),
    }
}

/// Returns the URL that the proof must be for, if the client has called `url`.
pub(super) fn expected(url: &str, public_url: Option<&str>) -> String {
    match public_url {
        Some(public) => {
            let received = received(url, public_url);
            let path = received.get(origin(&received).len()..).unwrap_or_default();
            format!("{}{path}", public.trim_end_matches('/'))
        }
        None => url.to_owned(),
    }
}

/// The scheme and the authority of a URL.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |position| position + 3);
    let length = url.get(start..).and_then(|rest| rest.find(['/', '?', '#']));
    length.and_then(|length| url.get(..start + length)).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_public_url_is_part_of_the_expected_url_once() {
        for (url, public, at_the_api, of_the_proof) in [
            ("https://a.example/orders", None, "https://a.example/orders", "https://a.example/orders"),
            (
                "https://a.example/v1/orders",
                Some("https://a.example/v1/"),
                "https://a.example/orders",
                "https://a.example/v1/orders",
            ),
            ("http://10.0.0.1/orders", Some("https://a.example"), "http://10.0.0.1/orders", "https://a.example/orders"),
            (
                "https://a.example/v12",
                Some("https://a.example/v1"),
                "https://a.example/v12",
                "https://a.example/v1/v12",
            ),
            ("https://a.example/v1", Some("https://a.example/v1"), "https://a.example", "https://a.example/v1"),
        ] {
            assert_eq!(received(url, public), at_the_api, "{url}");
            assert_eq!(expected(url, public), of_the_proof, "{url}");
        }
    }
}
