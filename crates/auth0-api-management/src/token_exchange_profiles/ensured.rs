//! What `ensure` has done.

use super::profile::TokenExchangeProfile;

/// The profile that [`ensure`](super::ProfileClient::ensure) has left behind, and what was done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Ensured {
    /// This call has changed the name.
    Changed(TokenExchangeProfile),
    /// This call has created the profile.
    Created(TokenExchangeProfile),
    /// The profile is as it shall be. It was so before this call, another deployment has made it so at the same time, or
    /// this call has, and the answer got lost.
    Present(TokenExchangeProfile),
    /// This call has deleted a profile with another Action or type, and created a new one.
    Replaced(TokenExchangeProfile),
}

impl Ensured {
    /// The profile.
    pub fn profile(&self) -> &TokenExchangeProfile {
        let (Self::Changed(profile) | Self::Created(profile) | Self::Present(profile) | Self::Replaced(profile)) = self;
        profile
    }

    /// The profile, without what was done.
    pub fn into_profile(self) -> TokenExchangeProfile {
        let (Self::Changed(profile) | Self::Created(profile) | Self::Present(profile) | Self::Replaced(profile)) = self;
        profile
    }
}
