//! Creates a profile again whose replacement has failed.

use super::ProfileClient;
use super::ensured::Ensured;
use super::profile::TokenExchangeProfile;
use super::wanted::WantedProfile;
use crate::error::ManagementError;

/// A profile that a call has deleted, to create it with another Action or type.
#[derive(Debug)]
pub(super) struct Deleted {
    pub(super) profile: TokenExchangeProfile,
    /// False if the answer to the deletion got lost, and no look has shown since that the profile is gone.
    pub(super) is_certain: bool,
}

impl ProfileClient {
    /// Creates the profile again. It gets another id. Returns the error of the whole call; or the wanted profile, if that is
    /// there after all.
    pub(super) async fn restore(
        &self,
        Deleted { profile: deleted, is_certain }: Deleted,
        wanted: &WantedProfile,
        cause: ManagementError,
    ) -> Result<Ensured, ManagementError> {
        let restored = match self.create(&WantedProfile::like(&deleted)).await {
            Ok(created) => Some(created),
            // A conflict says that the tenant has a profile of this type. After a lost answer, it may have one.
            Err(_) => match self.find(deleted.subject_token_type()).await {
                Ok(Some(present)) if wanted.is_like(&present) => return Ok(Ensured::Present(present)),
                Ok(Some(present)) if present.id() != deleted.id() => Some(present),
                Ok(None) => None,
                // The list lags behind, or the tenant does not answer.
                _ if is_certain => None,
                // The profile is still there.
                Ok(Some(_)) => return Err(cause),
                Err(_) => return Err(cause.in_doubt()),
            },
        };
        tracing::warn!(
            name: "management_replacement_failed", target: "auth0_api", event = "management_replacement_failed",
            subject_token_type = deleted.subject_token_type(), is_restored = restored.is_some()
        );
        let (cause, deleted, restored) = (Box::new(cause), Box::new(deleted), restored.map(Box::new));
        Err(ManagementError::ReplacementFailed { cause, deleted, restored })
    }
}
