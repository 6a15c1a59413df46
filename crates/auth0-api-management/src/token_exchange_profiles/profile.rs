//! A token exchange profile, as the tenant has it.

use std::time::SystemTime;

use serde_json::{Map, Value};

use crate::answer::{AnswerError, Members};

/// A token exchange profile of the tenant: a type of subject tokens, and the Action that decides on exchanges of such
/// tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenExchangeProfile {
    id: Box<str>,
    name: Box<str>,
    subject_token_type: Box<str>,
    action_id: Box<str>,
    profile_type: ProfileType,
    created_at: SystemTime,
    updated_at: SystemTime,
    other: Map<String, Value>,
}

/// What a profile is for. Auth0 may add types.
///
/// ```
/// use auth0_api_management::ProfileType;
///
/// assert_eq!(ProfileType::from("custom_authentication"), ProfileType::CustomAuthentication);
/// assert_eq!(ProfileType::from("a_new_type").as_str(), "a_new_type");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProfileType {
    /// `custom_authentication`: the Action sets the user of the new token.
    #[default]
    CustomAuthentication,
    /// A type that this crate does not know. Create it with `From`, so that a known type is never in here.
    Other(Box<str>),
}

impl TokenExchangeProfile {
    pub(super) fn read(mut members: Members) -> Result<Self, AnswerError> {
        Ok(Self {
            id: members.take_text("id")?,
            name: members.take_text("name")?,
            subject_token_type: members.take_text("subject_token_type")?,
            action_id: members.take_text("action_id")?,
            profile_type: ProfileType::from(&*members.take_text("type")?),
            created_at: members.take_time("created_at")?,
            updated_at: members.take_time("updated_at")?,
            other: members.into_rest(),
        })
    }

    /// Whether both are the same profile, with the same name, subject token type, Action and type.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.id == other.id && self.is_copy_of(other)
    }

    /// Whether both have the same name, subject token type, Action and type.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        self.name == other.name
            && self.subject_token_type == other.subject_token_type
            && self.action_id == other.action_id
            && self.profile_type == other.profile_type
    }

    /// The id, such as `tep_1234567890123456`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of the subject tokens. No other profile of the tenant has this type.
    pub fn subject_token_type(&self) -> &str {
        &self.subject_token_type
    }

    /// The id of the Action.
    pub fn action_id(&self) -> &str {
        &self.action_id
    }

    /// What the profile is for.
    pub fn profile_type(&self) -> &ProfileType {
        &self.profile_type
    }

    /// When the profile was created.
    pub fn created_at(&self) -> SystemTime {
        self.created_at
    }

    /// When the profile was changed last.
    pub fn updated_at(&self) -> SystemTime {
        self.updated_at
    }

    /// The members that this crate does not know, as the tenant sent them.
    pub fn other(&self) -> &Map<String, Value> {
        &self.other
    }
}

impl ProfileType {
    /// The type, as it is sent.
    pub fn as_str(&self) -> &str {
        match self {
            Self::CustomAuthentication => CUSTOM_AUTHENTICATION,
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for ProfileType {
    fn from(name: &str) -> Self {
        if name == CUSTOM_AUTHENTICATION { Self::CustomAuthentication } else { Self::Other(name.into()) }
    }
}

const CUSTOM_AUTHENTICATION: &str = "custom_authentication";
