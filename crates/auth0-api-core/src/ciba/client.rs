//! The client that starts a request.

use std::time::Duration;

use serde_json::Value;

use super::{CibaError, CibaRequest, PendingApproval};
use crate::exchange::{AskedFor, Backchannel};
use crate::jose::Object;

/// Asks users for approval, as the client of an [`ApiClient`](crate::ApiClient). Get one with
/// [`ApiClient::ciba`](crate::ApiClient::ciba). It is cheap to clone.
#[derive(Clone, Debug)]
pub struct Ciba(Backchannel);

impl Ciba {
    pub(crate) fn new(channel: Backchannel) -> Self {
        Self(channel)
    }

    /// Sends the request of [`start`](Self::start), which counts and logs it.
    pub(crate) async fn begin(&self, asked: CibaRequest) -> Result<PendingApproval, CibaError> {
        let Self(channel) = self;
        let fields = asked.fields(channel.issuer())?;
        let sent_at = channel.clock().now();
        let body = channel.start(&fields).await?;
        let body = Object::parse(body).map_err(|_| CibaError::Response { member: "body" })?;
        let id = body.string("auth_req_id").ok().flatten().filter(|id| !id.is_empty() && id.len() <= LONGEST_ID);
        let id = id.ok_or(CibaError::Response { member: "auth_req_id" })?.into_owned();
        let seconds = |member| match body.get::<Value>(member) {
            Ok(None) => Ok(None),
            Ok(Some(value)) => value.as_u64().map(Some).ok_or(CibaError::Response { member }),
            Err(_) => Err(CibaError::Response { member }),
        };
        let expires_in = seconds("expires_in")?.ok_or(CibaError::Response { member: "expires_in" })?;
        // CIBA Core §7.3: the default is 5 s.
        let interval = seconds("interval")?.unwrap_or(DEFAULT_INTERVAL_S).clamp(1, LONGEST_INTERVAL_S);
        let expires_at = sent_at + Duration::from_secs(expires_in.min(LONGEST_LIFETIME_S));
        let value = |name| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.as_str().into());
        let asked = AskedFor { audience: value("audience"), proof_key: asked.proof_key, scope: value("scope") };
        Ok(PendingApproval::new(channel.clone(), asked, id.into(), expires_at, Duration::from_secs(interval)))
    }
}

const DEFAULT_INTERVAL_S: u64 = 5;
/// A longer interval would leave the user waiting after the answer.
const LONGEST_INTERVAL_S: u64 = 300;
/// A week. Approvals by e-mail may take days; a longer time must not overflow.
const LONGEST_LIFETIME_S: u64 = 7 * 86_400;
/// An id is a random text of about 50 characters. The limit bounds the next requests.
const LONGEST_ID: usize = 4096;
