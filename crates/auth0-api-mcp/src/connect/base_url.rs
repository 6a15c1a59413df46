//! The public URL below which the pages are served.

use std::fmt;

/// A URL of this server: `https`, or `http` on this machine. It has no query, and does not end with a slash.
#[derive(Clone)]
pub(super) struct BaseUrl {
    text: Box<str>,
    /// Where the path begins.
    path: usize,
}

impl BaseUrl {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let (scheme, rest) = text.split_once("://")?;
        let authority = rest.split('/').next()?;
        let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&octet);
        let has_dot_segment = rest.split('/').skip(1).any(|segment| matches!(segment, "" | "." | ".."));
        let is_allowed = scheme == "https" || (scheme == "http" && is_loopback(authority));
        if !is_allowed || authority.is_empty() || has_dot_segment || !rest.bytes().all(is_plain) {
            return None;
        }
        Some(Self { path: scheme.len() + "://".len() + authority.len(), text: text.into() })
    }

    pub(super) fn is_https(&self) -> bool {
        self.text.starts_with("https:")
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the URL of a page.
    pub(super) fn url(&self, page: &str) -> String {
        format!("{}/{page}", self.text)
    }

    /// Returns the path of a page.
    pub(super) fn path(&self, page: &str) -> String {
        format!("{}/{page}", self.text.get(self.path..).unwrap_or_default())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_loopback(authority: &str) -> bool {
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|host| authority.strip_prefix(host).is_some_and(|port| port.is_empty() || port.starts_with(':')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_accepted() {
        for (text, path) in [
            ("https://mcp.example.com/connect", "/connect/start"),
            ("https://mcp.example.com/a/connect/", "/a/connect/start"),
            ("https://mcp.example.com", "/start"),
            ("http://127.0.0.1:3000/connect", "/connect/start"),
            ("http://[::1]:3000/connect", "/connect/start"),
            ("http://localhost/connect", "/connect/start"),
        ] {
            assert_eq!(BaseUrl::parse(text).map(|base| base.path("start")).as_deref(), Some(path), "{text}");
        }
        for text in [
            "",
            "mcp.example.com/connect",
            "http://mcp.example.com/connect",
            "http://localhost.example.com/connect",
            "http://localhost@example.com/connect",
            "https:///connect",
            "https://mcp.example.com/connect?a=b",
            "https://mcp.example.com/connect#a",
            "https://mcp.example.com//connect",
            "https://mcp.example.com/../connect",
            "https://mcp.example.com/con nect",
            "javascript://mcp.example.com/connect",
        ] {
            assert!(BaseUrl::parse(text).is_none(), "{text}");
        }
    }
}
