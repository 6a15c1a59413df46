//! The rows of failed requests to a user: for an approval on another device, and to connect an account. The user has not
//! agreed, this API has made a mistake, or the tenant is unavailable.
//!
//! No row is a 401: the token of the caller has no part in these requests.

use super::exchange::{forbidden, misconfigured, unavailable};
use super::row::{Kind, Row, row};
use crate::ciba::CibaError;
use crate::connected_accounts::ConnectError;

impl Row {
    pub(super) fn of_ciba(error: &CibaError) -> Self {
        use CibaError as E;
        let label = error.label();
        match error {
            E::BindingMessage | E::Input { .. } => misconfigured(label),
            E::Denied => forbidden("access_denied", label, "the user has denied the request"),
            E::Exchange(error) => Self::of_exchange(error),
            E::Expired => forbidden("approval_expired", label, "the user has not answered in time"),
            E::Response { .. } | E::Stopped => unavailable(None, label),
        }
    }

    pub(super) fn of_connect(error: &ConnectError) -> Self {
        use ConnectError as E;
        let label = error.label();
        match error {
            E::Callback { .. } => row(Kind::InvalidRequest, label, "the redirect has no usable answer of the tenant"),
            E::CodeRejected(_) => {
                forbidden("account_flow_rejected", label, "the user has to connect their account anew")
            }
            E::Denied { .. } => {
                forbidden("access_denied", label, "the user has not allowed the access to their account")
            }
            E::Expired => forbidden("account_flow_expired", label, "the user has to connect their account anew"),
            // The id may come from the caller.
            E::Input { parameter: "id" } | E::NotFound(_) => {
                forbidden("account_not_found", label, "the user has no such account")
            }
            E::RateLimited { .. } | E::Response { .. } | E::Status { .. } | E::Unavailable(_) => {
                unavailable(error.retry_after(), label)
            }
            E::State => forbidden("account_flow_mismatch", label, "the redirect belongs to another session"),
            // The application has got the token for the My Account API itself: the caller cannot present a better one.
            E::Forbidden(_) | E::Input { .. } | E::Proof(_) | E::Random | E::Rejected(_) | E::Token(_) => {
                misconfigured(label)
            }
        }
    }
}
