//! The rules for the URL of a document, and for the URLs in it.
//!
//! They are those of the draft, section 3, with those that Auth0 adds: no query, a path beyond `/`, a length. Unlike Auth0,
//! this tenant takes `http` URLs of its own machine, because the client is under development, too.

use http::Uri;

/// Checks the URL of a document.
pub(super) fn check(url: &str) -> Result<(), &'static str> {
    if url.len() > LONGEST {
        return Err("has more than 120 characters");
    }
    let path = path_of_fetchable(url)?;
    if url.contains('?') {
        return Err("has a query");
    }
    if path.len() < 2 {
        return Err("has no path");
    }
    let decoded = path.to_ascii_lowercase().replace("%2e", ".");
    if decoded.split('/').any(|segment| segment == "." || segment == "..") {
        return Err("has a dot segment in its path");
    }
    Ok(())
}

/// Checks a URL that the tenant may fetch, and returns its path.
pub(super) fn path_of_fetchable(url: &str) -> Result<String, &'static str> {
    // `Uri` drops a fragment without an error, and accepts characters that no URL has.
    if !url.bytes().all(|byte| byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte)) || !is_percent_encoded(url)
    {
        return Err("is not a URL");
    }
    if url.contains('#') {
        return Err("has a fragment");
    }
    let uri: Uri = url.parse().map_err(|_| "is not a URL")?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return Err("is not a URL") };
    if authority.as_str().contains('@') {
        return Err("has a user name or a password");
    }
    let host = authority.host();
    // `Uri` ignores a port that is no number. The text after the host must be one, or nothing.
    let port = authority.as_str().strip_prefix(host).unwrap_or_default();
    let is_port = port.is_empty() || port.strip_prefix(':').and_then(|port| port.parse::<u16>().ok()) > Some(0);
    if host.is_empty() || !is_port {
        return Err("is not a URL");
    }
    match scheme {
        "https" => {}
        "http" if LOOPBACK.contains(&host) => {}
        _ => return Err("must begin with https://, or with http:// and be on this machine"),
    }
    Ok(uri.path().to_owned())
}

/// Returns whether each percent sign begins an octet (RFC 3986 §2.1).
fn is_percent_encoded(url: &str) -> bool {
    let mut octets = url.split('%').skip(1);
    octets.all(|rest| rest.as_bytes().first_chunk::<2>().is_some_and(|octet| octet.iter().all(u8::is_ascii_hexdigit)))
}

/// Auth0's limit, in characters.
const LONGEST: usize = 120;

/// The names of this machine.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_document_keeps_the_rules() {
        for url in [
            "https://client.example.com/oauth.json",
            "https://client.example.com:8443/a/b..c/.well-known/%7Eme",
            "http://127.0.0.1:3000/client",
            "http://localhost/client",
            "http://[::1]:3000/client/",
        ] {
            assert_eq!(check(url), Ok(()), "{url}");
        }
        let insecure = "must begin with https://, or with http:// and be on this machine";
        let long = format!("https://client.example.com/{}", "a".repeat(100));
        for (url, reason) in [
            (long.as_str(), "has more than 120 characters"),
            ("https://client.example.com", "has no path"),
            ("https://client.example.com/", "has no path"),
            ("https://client.example.com/a?b=c", "has a query"),
            ("https://client.example.com/a?", "has a query"),
            ("https://client.example.com/a#b", "has a fragment"),
            ("https://client.example.com/a#", "has a fragment"),
            ("https://me@client.example.com/a", "has a user name or a password"),
            ("https://me:secret@client.example.com/a", "has a user name or a password"),
            ("https://client.example.com/a/../b", "has a dot segment in its path"),
            ("https://client.example.com/./a", "has a dot segment in its path"),
            ("https://client.example.com/a/%2e%2E", "has a dot segment in its path"),
            ("https://client.example.com/a/.%2e/b", "has a dot segment in its path"),
            ("http://client.example.com/a", insecure),
            ("http://localhost.example.com/a", insecure),
            ("http://127.0.0.2/a", insecure),
            ("ftp://client.example.com/a", insecure),
            ("https:///a", "is not a URL"),
            ("https://client.example.com:0/a", "is not a URL"),
            ("https://client.example.com:/a", "is not a URL"),
            ("https://client.example.com:65536/a", "is not a URL"),
            ("https://client.example.com/a%", "is not a URL"),
            ("https://client.example.com/a%2", "is not a URL"),
            ("https://client.example.com/a%zz", "is not a URL"),
            ("https://client.example.com/a b", "is not a URL"),
            ("https://client.example.com/ä", "is not a URL"),
            ("https://client.example.com\\@localhost/a", "is not a URL"),
            ("https://client.example.com/a\n", "is not a URL"),
        ] {
            assert_eq!(check(url), Err(reason), "{url}");
        }
    }
}
