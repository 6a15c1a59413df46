//! The response mode `web_message`: a frame or a popup posts the answer to the page that has opened it.

use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, Uri, header};
use serde_json::{Map, Value, json};

use crate::pages::SameOriginOnly;

/// Returns the origin of a redirect URI: the only origin whose page receives the message.
///
/// [RFC 6454 §6.2](https://www.rfc-editor.org/rfc/rfc6454#section-6.2): scheme, host and port; the scheme's own port is
/// left out. A URI of another scheme, such as that of a native application, has no origin that a page could have.
pub(super) fn origin(redirect_uri: &str) -> Option<String> {
    let uri: Uri = redirect_uri.split('#').next()?.parse().ok()?;
    let (scheme, host) = (uri.scheme_str()?, uri.host()?.to_ascii_lowercase());
    let own_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let port = uri.port_u16().filter(|port| *port != own_port);
    Some(port.map_or_else(|| format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}")))
}

/// Makes the document that posts the message. The message has the form that Auth0's clients expect.
///
/// A browser loads the document into a frame or a popup, and never needs to fetch it. A page that could fetch it would
/// read the code without the check of the origin.
pub(super) fn respond(origin: &str, members: Vec<(&'static str, String)>) -> Response {
    let response = members.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value)));
    let message = json!({ "type": "authorization_response", "response": response.collect::<Map<_, _>>() });
    let (message, origin) = (in_script(&message), in_script(&json!(origin)));
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Authorization response</title><body><script>\
         (window.opener || window.parent).postMessage({message}, {origin});</script></body></html>"
    );
    (Extension(SameOriginOnly), HEADERS, html).into_response()
}

/// Writes JSON into a script. The characters that could end the script, or begin a comment in it, are escaped: they
/// occur only inside of strings.
fn in_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// The document must be allowed in a frame of a page with any origin, so it has no header that forbids this.
const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_of_a_redirect_uri_is_that_of_its_page() {
        for (redirect_uri, expected) in [
            ("http://127.0.0.1:5173/callback?a=b#c", Some("http://127.0.0.1:5173")),
            ("http://localhost", Some("http://localhost")),
            ("http://LOCALHOST:80/", Some("http://localhost")),
            ("https://shop.example.com:443/back", Some("https://shop.example.com")),
            ("http://[::1]:5173/", Some("http://[::1]:5173")),
            ("com.example.app://callback", None),
            ("urn:ietf:wg:oauth:2.0:oob", None),
        ] {
            assert_eq!(origin(redirect_uri).as_deref(), expected, "{redirect_uri}");
        }
    }

    #[test]
    fn no_value_ends_the_script() {
        let written = in_script(&json!({ "state": "</script><!-- &" }));
        assert_eq!(written, r#"{"state":"\u003c/script\u003e\u003c!-- \u0026"}"#);
    }
}
