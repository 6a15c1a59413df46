//! HTTP requests as text: their lines, as servers, proxies, `curl -v` and browsers show them.

use super::{Request, keep};

/// Reads a request, or header lines; `None` if the text is neither.
pub(super) fn read(text: &str) -> Option<Request> {
    // `curl -v` marks the lines that it sends with `>`, and mixes them with others.
    let is_of_curl = text.lines().any(|line| line.starts_with("> "));
    let sent = text.lines().filter_map(|line| if is_of_curl { line.strip_prefix('>') } else { Some(line) });
    let (mut request, mut target, mut host, mut scheme) = (Request::default(), None, None, None);
    let mut is_request = false;
    for line in sent.map(str::trim).skip_while(|line| line.is_empty()) {
        // The body, or the answer, follows.
        if line.is_empty() && is_request {
            break;
        }
        if let Some((method, called)) = request_line(line) {
            // `curl -v` after a redirect: the last request counts.
            request = Request { method: Some(method.to_owned()), ..Request::default() };
            (target, host, is_request) = (Some(called), None, true);
            continue;
        }
        let Some((name, value)) = field(line) else { continue };
        match name.to_ascii_lowercase().as_str() {
            ":method" => request.method = Some(value.to_owned()),
            ":path" => target = Some(value),
            ":scheme" => scheme = Some(value),
            "host" | ":authority" => host = Some(value),
            _ => keep(&mut request.headers, name, value),
        }
        is_request |= name.starts_with(':');
    }
    request.url = target.and_then(|target| url(scheme, host, target));
    (is_request || !request.headers.is_empty()).then_some(request)
}

/// Reads `GET /orders HTTP/1.1`.
fn request_line(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_method = !method.is_empty() && method.bytes().all(|octet| octet.is_ascii_uppercase() || octet == b'-');
    (is_method && version.starts_with("HTTP/") && words.next().is_none()).then_some((method, target))
}

/// Reads `name: value`. The name of a pseudo-header begins with a colon.
fn field(line: &str) -> Option<(&str, &str)> {
    let start = usize::from(line.starts_with(':'));
    let colon = line.get(start..)?.find(':')? + start;
    let (name, value) = line.split_at_checked(colon)?;
    let is_name = |name: &str| name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_:".contains(&octet));
    (!name.is_empty() && is_name(name)).then(|| (name, value.trim_start_matches(':').trim()))
}

/// Puts the URL together. The text of a request does not contain the scheme: it is `https`, except on this machine.
fn url(scheme: Option<&str>, host: Option<&str>, target: &str) -> Option<String> {
    if target.starts_with("http://") || target.starts_with("https://") {
        return Some(target.to_owned());
    }
    let host = host?;
    let is_local = ["localhost", "127.", "[::1]"].iter().any(|local| host.starts_with(local));
    let scheme = scheme.unwrap_or(if is_local { "http" } else { "https" });
    Some(format!("{scheme}://{host}{target}"))
}
