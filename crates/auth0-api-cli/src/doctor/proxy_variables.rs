//! The variables that name a proxy.

use std::fmt;

/// The variables, each with the name that was found. Their values may contain a password.
#[derive(Clone, Default)]
pub(super) struct ProxyVariables {
    https: Option<(&'static str, String)>,
    all: Option<(&'static str, String)>,
    pub(super) no: Option<(&'static str, String)>,
}

impl ProxyVariables {
    /// Reads the variables in the order of the HTTP client: of two spellings, the upper-case one wins.
    pub(super) fn read(first: impl Fn(&[&'static str]) -> Option<(&'static str, String)>) -> Self {
        Self {
            https: first(&["HTTPS_PROXY", "https_proxy"]),
            all: first(&["ALL_PROXY", "all_proxy"]),
            no: first(&["NO_PROXY", "no_proxy"]),
        }
    }

    /// The variable that applies to `https` URLs.
    pub(super) fn set(&self) -> Option<&(&'static str, String)> {
        self.https.as_ref().or(self.all.as_ref())
    }
}

impl fmt::Debug for ProxyVariables {
    /// Shows the names only: the URL of a proxy may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [&self.https, &self.all, &self.no].into_iter().flatten().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}
