//! A profile that shall exist.

use auth0_api_management::{InputError, ProfileType, TokenExchangeProfile, WantedProfile};

#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) subject_token_type: String,
    pub(super) action_id: String,
    pub(super) profile_type: ProfileType,
}

impl Wanted {
    pub(super) fn check(&self) -> Result<(), InputError> {
        self.to_profile().check()
    }

    pub(super) fn to_profile(&self) -> WantedProfile {
        let profile = WantedProfile::new(&*self.name, &*self.subject_token_type, &*self.action_id);
        profile.profile_type(self.profile_type.clone())
    }

    /// Whether the profile is as it shall be.
    pub(super) fn is_like(&self, present: &TokenExchangeProfile) -> bool {
        !self.needs_another_than(present) && self.name == present.name()
    }

    /// Whether the profile differs in a part that the Management API cannot change.
    pub(super) fn needs_another_than(&self, present: &TokenExchangeProfile) -> bool {
        self.action_id != present.action_id() || self.profile_type != *present.profile_type()
    }
}
