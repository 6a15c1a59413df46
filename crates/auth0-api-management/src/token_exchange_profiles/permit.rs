//! What a call may do with the profile that it finds.

use super::profile::TokenExchangeProfile;
use super::wanted::WantedProfile;
use crate::error::ManagementError;

/// Which changes the caller permits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Permit<'a> {
    /// A profile with another Action or another type is an error.
    Change,
    /// A profile with another Action or another type is replaced.
    Replace,
    /// The same, but only of this profile, as it is here; `None` if the tenant had none.
    ReplaceSeen(Option<&'a TokenExchangeProfile>),
}

impl Permit<'_> {
    /// Checks that the profile is as the caller has seen it, or as it shall be. After this call has deleted a profile, it
    /// is gone.
    pub(super) fn check(
        self,
        present: Option<&TokenExchangeProfile>,
        wanted: &WantedProfile,
        has_deleted: bool,
    ) -> Result<(), ManagementError> {
        let Self::ReplaceSeen(seen) = self else { return Ok(()) };
        let is_permitted = match present {
            Some(present) => wanted.is_like(present) || seen.is_some_and(|seen| seen.is_same_as(present)),
            None => seen.is_none() || has_deleted,
        };
        let profile = present.cloned().map(Box::new);
        if is_permitted { Ok(()) } else { Err(ManagementError::ChangedMeanwhile { profile }) }
    }
}
