//! URLs in normal form: [RFC 3986 §6.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2) and
//! [§6.2.3](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.3), without query and fragment.

use std::net::Ipv6Addr;

/// The normal form of the URL of a request. A URL with dot segments has none, because routers do not resolve them.
pub(super) fn called(url: &str) -> Option<String> {
    let kept = url.split(['?', '#']).next()?;
    let is_dots = |segment: &str| [".", ".."].contains(&segment.to_lowercase().replace("%2e", ".").as_str());
    if kept.split('/').any(is_dots) { None } else { normal(kept) }
}

/// The normal form of an `htu`.
pub(super) fn normal(url: &str) -> Option<String> {
    let kept = url.split(['?', '#']).next()?;
    if !url.chars().all(|character| character.is_ascii_graphic()) || kept.len() > 8192 {
        return None;
    }
    let (scheme, rest) = kept.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let default_port = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let (host, port) = match authority.rfind(':').filter(|colon| !authority[*colon..].contains(']')) {
        Some(colon) => (&authority[..colon], &authority[colon + 1..]),
        None => (authority, ""),
    };
    if !is_host(host) || !port.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let port: u16 = if port.is_empty() { default_port } else { port.parse().ok()? };
    Some(format!("{scheme}://{}:{port}{}", host.to_ascii_lowercase(), without_dots(&unreserved_decoded(path)?)))
}

/// A name, or an IPv6 address in brackets.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|character| character.is_ascii_alphanumeric() || "-_".contains(character))
    };
    host.strip_suffix('.').unwrap_or(host).split('.').all(is_label)
}

/// RFC 3986 §6.2.2.1, §6.2.2.2: triplets of unreserved characters are decoded, and the others are in upper case.
fn unreserved_decoded(path: &str) -> Option<String> {
    let mut parts = path.split('%');
    let mut decoded = parts.next()?.to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        match char::from(u8::from_str_radix(digits, 16).ok()?) {
            octet if octet.is_ascii_alphanumeric() || "-._~".contains(octet) => decoded.push(octet),
            _ => decoded += &format!("%{}", digits.to_ascii_uppercase()),
        }
        decoded += rest;
    }
    (!decoded.contains('\\')).then_some(decoded)
}

/// RFC 3986 §5.2.4, step by step.
fn without_dots(path: &str) -> String {
    let (mut input, mut output) = (path.to_owned(), String::new());
    while !input.is_empty() {
        if let Some(rest) = input.strip_prefix("/./") {
            input = format!("/{rest}");
        } else if input == "/." {
            input = "/".to_owned();
        } else if input.starts_with("/../") || input == "/.." {
            input = format!("/{}", input.strip_prefix("/../").unwrap_or_default());
            output.truncate(output.rfind('/').unwrap_or(0));
        } else {
            let end = input[1..].find('/').map_or(input.len(), |slash| slash + 1);
            output += &input[..end];
            input.replace_range(..end, "");
        }
    }
    // RFC 3986 §6.2.3: an empty path is equal to `/`.
    if output.is_empty() { "/".to_owned() } else { output }
}
