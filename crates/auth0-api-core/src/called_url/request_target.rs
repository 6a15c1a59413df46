//! The request target of an HTTP request.

use super::TargetError;
use super::authority::{Authority, Scheme};
use super::path::Path;
use super::url::{TargetUrl, without_query};

/// A request target in one of the two forms that name a resource.
#[derive(Debug)]
pub(super) enum RequestTarget {
    /// Origin-form ([RFC 9112 §3.2.1](https://www.rfc-editor.org/rfc/rfc9112#section-3.2.1)).
    Path(Path),
    /// Absolute-form ([RFC 9112 §3.2.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2)).
    Url(TargetUrl),
}

impl RequestTarget {
    /// Parses a request target without its query.
    pub(super) fn parse(target: &str) -> Result<Self, TargetError> {
        let kept = without_query(target)?;
        if kept.starts_with('/') || target.starts_with('?') {
            // The path of `http://host?query` is empty. Servers shorten this URL to `?query`.
            Path::parse(kept).map(Self::Path)
        } else if kept.contains("://") {
            TargetUrl::parse_received(kept).map(Self::Url)
        } else {
            // RFC 9112 §3.2.3, §3.2.4: authority-form and asterisk-form have no path, so a proof cannot be made for
            // them.
            Err(TargetError::RequestTarget)
        }
    }

    /// The path. The origin of the target is ignored.
    pub(super) fn into_path(self) -> Path {
        match self {
            Self::Path(path) => path,
            Self::Url(url) => url.into_path(),
        }
    }

    /// The path, if the target is a path or a URL of this origin.
    pub(super) fn path_at(self, scheme: Scheme, authority: &Authority) -> Result<Path, TargetError> {
        match self {
            Self::Url(url)
                if (url.scheme, &url.host, url.port) != (scheme, &authority.host, authority.port_for(scheme)) =>
            {
                Err(TargetError::RequestTargetConflict)
            }
            target => Ok(target.into_path()),
        }
    }
}
