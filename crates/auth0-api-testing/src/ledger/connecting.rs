//! Accounts that users are about to connect.

/// What a client has asked for when it began to connect an account. The steps of the flow pass it on, each under a ticket
/// of its own.
#[derive(Clone, Debug)]
pub(crate) struct Connecting {
    pub(crate) user_id: String,
    /// The client that asks; empty if the token names none.
    pub(crate) client_id: String,
    pub(crate) connection: String,
    /// The scopes at the third party; `None` for all.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) auth_session: String,
}

/// A request that waits for a person on the page of the third party.
#[derive(Clone)]
pub(crate) struct PendingConsent {
    pub(crate) connecting: Connecting,
    /// The secret of the browser that was shown the page.
    pub(crate) browser: String,
}
