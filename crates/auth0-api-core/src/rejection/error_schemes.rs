//! Which challenges contain the error, if an API offers several schemes.

use crate::credentials::{CredentialsError, Scheme};
use crate::error::{Error, Reason};

/// The schemes whose challenges contain the error.
pub(super) struct ErrorSchemes {
    bearer: bool,
    dpop: bool,
}

impl ErrorSchemes {
    /// `admitted` is the scheme of the request, if its token was admitted. `offered` is the first scheme that the API offers: the
    /// error of a request whose scheme is not known goes there, because an error that nobody sees helps nobody.
    pub(super) fn of(error: &Error, admitted: Option<Scheme>, offered: Option<Scheme>) -> Self {
        let only = |scheme| Self { bearer: scheme == Scheme::Bearer, dpop: scheme == Scheme::Dpop };
        // The error may be about another token than that of the request, for example one that the handler verified
        // itself. The client has to correct its request, so the scheme of the request counts.
        if let Some(admitted) = admitted {
            return only(admitted);
        }
        let used = error.presented_as.or(offered).unwrap_or(Scheme::Bearer);
        match &error.reason {
            Reason::Credentials(CredentialsError::Malformed { scheme } | CredentialsError::TooLong { scheme }) => {
                only(*scheme)
            }
            // The challenges of the schemes that the request used contain the error. If the request used only schemes
            // that this crate does not know, both challenges contain the error.
            Reason::Credentials(CredentialsError::Repeated { bearer, dpop }) => {
                Self { bearer: *bearer || !*dpop, dpop: *dpop || !*bearer }
            }
            Reason::Binding(error) => only(error.carrier(used)),
            _ => only(used),
        }
    }

    pub(super) fn includes(&self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::Bearer => self.bearer,
            Scheme::Dpop => self.dpop,
        }
    }
}
