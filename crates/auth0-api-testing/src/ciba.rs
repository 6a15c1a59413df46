//! The answers of users to requests for approval, given by a test.

use std::time::Duration;

use serde_json::Value;

use crate::state::Tenant;

/// The requests for approval of a tenant, and the answers of its users. A test gives the answers; a person gives them on
/// the page `/u/approvals`.
///
/// ```
/// # async fn a_test(tenant: &auth0_api_testing::LocalTenant) {
/// for request in tenant.ciba().open() {
///     println!("{} is asked: {}", request.user_id, request.binding_message);
/// }
/// let approved = tenant.ciba().approve("auth0|ada");
/// # let _ = approved;
/// # }
/// ```
#[derive(Debug)]
pub struct CibaRequests<'t>(pub(crate) &'t Tenant);

/// What a client has asked a user to approve.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenApproval {
    /// The client that asks.
    pub client_id: String,
    /// The user who is asked.
    pub user_id: String,
    /// What the device of the user shows.
    pub binding_message: String,
    /// The requested scopes.
    pub scopes: Vec<String>,
    /// The requested authorization details ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)); empty if the client
    /// requests none.
    pub authorization_details: Vec<Value>,
}

impl CibaRequests<'_> {
    /// Returns the requests that wait for an answer.
    pub fn open(&self) -> Vec<OpenApproval> {
        let open = self.0.ledger().approvals.open(self.0.clock.now());
        open.into_iter()
            .map(|(_, request)| OpenApproval {
                client_id: request.client_id,
                user_id: request.user_id,
                binding_message: request.binding_message,
                scopes: request.scopes,
                authorization_details: request.authorization_details,
            })
            .collect()
    }

    /// Approves every open request to this user, and returns how many.
    pub fn approve(&self, user_id: &str) -> usize {
        self.0.ledger().approvals.answer(user_id, true, self.0.clock.now())
    }

    /// Denies every open request to this user, and returns how many.
    pub fn deny(&self, user_id: &str) -> usize {
        self.0.ledger().approvals.answer(user_id, false, self.0.clock.now())
    }

    /// Answers `slow_down` to every client that asks for a result within this time from now.
    pub fn slow_down(&self, pause: Duration) {
        self.0.ledger().approvals.delay(self.0.clock.now(), pause);
    }
}
