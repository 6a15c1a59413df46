//! What a profile shall be: the input of calls that create and change profiles.

use serde_json::json;

use super::profile::{ProfileType, TokenExchangeProfile};
use crate::input::{Check, InputError, InputProblem};

/// A profile that shall exist, for [`create`](crate::ProfileClient::create) and [`ensure`](crate::ProfileClient::ensure).
///
/// ```
/// use auth0_api_management::WantedProfile;
///
/// let wanted = WantedProfile::new(
///     "Legacy sessions",
///     "urn:acme:legacy-session",
///     "8d2b1c5e-5d5f-4d1a-9a43-0e8c1e0a6b1f",
/// );
/// assert!(wanted.check().is_ok());
///
/// let wrong = WantedProfile::new("L", "legacy-session", "");
/// assert_eq!(wrong.check().unwrap_err().problems().len(), 3);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct WantedProfile {
    name: Box<str>,
    subject_token_type: Box<str>,
    action_id: Box<str>,
    profile_type: ProfileType,
}

/// A change of a profile, for [`update`](crate::ProfileClient::update). What it does not name stays as it is. The Action
/// and the type of a profile cannot be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct ProfileChange {
    name: Option<Box<str>>,
    subject_token_type: Option<Box<str>>,
}

impl WantedProfile {
    /// Describes a profile of the type [`ProfileType::CustomAuthentication`].
    ///
    /// | parameter | what | limits |
    /// |---|---|---|
    /// | `name` | for people | 3 to 50 characters |
    /// | `subject_token_type` | what clients send as the type of their subject tokens | a URI of 8 to 100 characters, outside `urn:ietf`, `urn:auth0`, `urn:okta`, and the URLs of `auth0.com` and `okta.com` |
    /// | `action_id` | the id of a deployed Action with the trigger `custom-token-exchange` | 1 to 36 characters |
    pub fn new(
        name: impl Into<Box<str>>,
        subject_token_type: impl Into<Box<str>>,
        action_id: impl Into<Box<str>>,
    ) -> Self {
        Self {
            name: name.into(),
            subject_token_type: subject_token_type.into(),
            action_id: action_id.into(),
            profile_type: ProfileType::default(),
        }
    }

    /// Sets another type, of 1 to 21 characters.
    pub fn profile_type(mut self, profile_type: ProfileType) -> Self {
        self.profile_type = profile_type;
        self
    }

    /// Checks the limits. Each call checks them too, before it sends anything.
    ///
    /// # Errors
    ///
    /// [`InputError`] with every problem, not only the first.
    pub fn check(&self) -> Result<(), InputError> {
        Check::default()
            .name(&self.name)
            .subject_token_type(&self.subject_token_type)
            .action_id(&self.action_id)
            .profile_type(self.profile_type.as_str())
            .finish()
    }

    /// Describes a profile that the tenant had.
    pub(super) fn like(profile: &TokenExchangeProfile) -> Self {
        let wanted = Self::new(profile.name(), profile.subject_token_type(), profile.action_id());
        wanted.profile_type(profile.profile_type().clone())
    }

    pub(super) fn subject_token_type(&self) -> &str {
        &self.subject_token_type
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        let body = json!({
            "name": self.name,
            "subject_token_type": self.subject_token_type,
            "action_id": self.action_id,
            "type": self.profile_type.as_str(),
        });
        body.to_string().into_bytes()
    }

    /// Whether a profile with the same subject token type can be changed to this one.
    pub(super) fn has_fixed_parts_of(&self, profile: &TokenExchangeProfile) -> bool {
        *self.action_id == *profile.action_id() && self.profile_type.as_str() == profile.profile_type().as_str()
    }

    /// Whether a profile with the same subject token type is as it shall be.
    pub(super) fn is_like(&self, profile: &TokenExchangeProfile) -> bool {
        self.has_fixed_parts_of(profile) && self.change_of(profile).is_none()
    }

    /// Returns the change that makes a profile as it shall be; `None` if it is so already.
    pub(super) fn change_of(&self, profile: &TokenExchangeProfile) -> Option<ProfileChange> {
        (*self.name != *profile.name()).then(|| ProfileChange::new().name(self.name.clone()))
    }
}

impl ProfileChange {
    /// A change of nothing. Call [`name`](Self::name) or [`subject_token_type`](Self::subject_token_type).
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the name, to 3 to 50 characters.
    pub fn name(mut self, name: impl Into<Box<str>>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Changes the type of the subject tokens: see [`WantedProfile::new`]. From then on, exchanges of the old type fail.
    pub fn subject_token_type(mut self, subject_token_type: impl Into<Box<str>>) -> Self {
        self.subject_token_type = Some(subject_token_type.into());
        self
    }

    pub(super) fn check(&self, mut check: Check) -> Result<(), InputError> {
        check = check.require(self.name.is_some() || self.subject_token_type.is_some(), InputProblem::NothingToChange);
        if let Some(name) = &self.name {
            check = check.name(name);
        }
        if let Some(subject_token_type) = &self.subject_token_type {
            check = check.subject_token_type(subject_token_type);
        }
        check.finish()
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        let members = [("name", &self.name), ("subject_token_type", &self.subject_token_type)];
        let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_deref()?))));
        serde_json::Value::Object(members.collect()).to_string().into_bytes()
    }
}
