//! The event `layer_missing`: the application's middleware is missing, in another order, or of another client.

use crate::clock::{Clock as _, SystemClock};
use crate::error::Error;
use crate::place::Place;
use crate::rejection::Rejection;
use crate::rejection_log::RejectionLog;

/// Why there is no verified token where the application needs one. It is a mistake in the application's code.
pub(super) enum LayerMissing<'e> {
    /// No middleware has verified the request.
    NotVerified,
    /// The middleware that has verified the request belongs to another client than the requirement.
    OtherClient,
    /// A handler returned this error, and no middleware is around the handler.
    Returned(&'e Error),
}

impl LayerMissing<'_> {
    /// Logs the event, and makes the response: 500.
    pub(super) fn reject(&self, place: Place<'_>) -> Rejection {
        self.log(Some(place));
        Rejection::misconfigured()
    }

    /// Logs the event. Each request to the route causes one, so their number is bounded as that of rejections.
    pub(super) fn log(&self, place: Option<Place<'_>>) {
        if !LOGGED.admits_at(self.what(), SystemClock.now()) {
            return;
        }
        let (method, path) = (place.map(|place| place.known_method()), place.map(|place| place.path()));
        let error = match self {
            Self::NotVerified | Self::OtherClient => None,
            Self::Returned(error) => Some(error),
        };
        let (label, reason) = (error.map(|error| error.label()), error.map(tracing::field::display));
        tracing::error!(
            name: "layer_missing", target: "auth0_api", event = "layer_missing",
            http.request.method = method, url.path = path, error.type = label, reason, hint = self.hint(),
            "{}", self.what()
        );
    }

    fn what(&self) -> &'static str {
        match self {
            Self::NotVerified => "a route needs a verified token, but no middleware verified the request before",
            Self::OtherClient => {
                "the middleware that verified the request belongs to another ApiClient than the requirement"
            }
            Self::Returned(_) => "a handler returned an error, but no middleware is around the handler",
        }
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::NotVerified => {
                "put the middleware around the route, outside of its requirements and extractors: of several layers, the \
                 one that the code adds last runs first (in a tower ServiceBuilder, the first one)"
            }
            Self::OtherClient => {
                "create the middleware and the requirement from one ApiClient or its clones; if two middlewares are \
                 nested, put the requirement inside of its own"
            }
            Self::Returned(_) => "put the middleware around the route of this handler",
        }
    }
}

static LOGGED: RejectionLog = RejectionLog::new();
