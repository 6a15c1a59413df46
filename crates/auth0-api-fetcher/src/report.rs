//! Events and metrics: see the guide of auth0-api-core, `operating`. No event contains a token, a proof, a path or a query.

use std::error::Error;
use std::fmt;

use crate::error::FetchError;
use crate::origin::Origin;

/// Why a request is sent once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    Connection,
    Nonce,
    Token,
}

impl Repeat {
    fn name(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::Nonce => "nonce",
            Self::Token => "token",
        }
    }
}

/// Logs and counts a request that is sent once more.
pub(crate) fn repeated(origin: &Origin, repeat: Repeat) {
    let reason = repeat.name();
    count("auth0_api_fetch_repeats_total", "reason", reason);
    tracing::debug!(
        name: "fetch_repeated", target: "auth0_api", event = "fetch_repeated",
        server.address = origin.host(), server.port = origin.port(), reason
    );
}

/// Logs and counts the outcome of a request. `Ok` has the status of the response.
pub(crate) fn ended(origin: Option<&Origin>, outcome: Result<u16, &FetchError>) {
    count("auth0_api_fetches_total", "outcome", outcome.map_or_else(FetchError::label, |_| "answered"));
    let (address, port) = (origin.map(Origin::host), origin.map(Origin::port));
    match outcome {
        Ok(status) => tracing::debug!(
            name: "fetched", target: "auth0_api", event = "fetched",
            server.address = address, server.port = port, http.response.status_code = status
        ),
        // The exchange has logged its error.
        Err(FetchError::Exchange(_)) => {}
        Err(FetchError::Denied { audience, scope, step_up }) => {
            let (audience, scope) = (audience.as_deref(), scope.as_deref());
            tracing::info!(
                name: "fetch_denied", target: "auth0_api", event = "fetch_denied",
                server.address = address, server.port = port, audience, scope, step_up
            );
        }
        Err(error @ FetchError::ApplicationDenied { audience, scope }) => {
            let (label, audience, scope) = (error.label(), audience.as_deref(), scope.as_deref());
            tracing::warn!(
                name: "fetch_failed", target: "auth0_api", event = "fetch_failed",
                server.address = address, server.port = port, error.type = label, audience, scope
            );
        }
        Err(error @ FetchError::TokenRejected { audience }) => {
            let (label, audience, hint) = (error.label(), audience.as_deref(), REJECTED);
            tracing::warn!(
                name: "fetch_failed", target: "auth0_api", event = "fetch_failed",
                server.address = address, server.port = port, error.type = label, audience, hint
            );
        }
        Err(error) => {
            let label = error.label();
            tracing::warn!(
                name: "fetch_failed", target: "auth0_api", event = "fetch_failed",
                server.address = address, server.port = port, error.type = label, reason = %WithSources(error)
            );
        }
    }
}

#[cfg(feature = "metrics")]
fn count(name: &'static str, label: &'static str, value: &'static str) {
    metrics::counter!(name, label => value).increment(1);
}

#[cfg(not(feature = "metrics"))]
fn count(_: &'static str, _: &'static str, _: &'static str) {}

/// Displays an error and its sources, the outermost first. The errors of this crate have no text of the other API. A client or a
/// source of tokens that an application provides must take the same care.
struct WithSources<'e>(&'e dyn Error);

impl fmt::Display for WithSources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        for _ in 0..MAX_SOURCES {
            let Some(error) = source else { break };
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

const REJECTED: &str = "compare the audience of the token with the identifier of the other API, and the tenants and the times \
                        of both APIs";
/// Usually, an error has four or five sources.
const MAX_SOURCES: usize = 8;
