//! What is wrong with the input of a call.

use std::fmt;

use auth0_api_core::ExchangeProfile;

/// The input of a call is invalid, so nothing was sent. It has every problem, not only the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError(Vec<InputProblem>);

/// One problem of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputProblem {
    /// The id of the Action has not 1 to 36 characters.
    #[error("action_id must have 1 to 36 characters")]
    ActionId,
    /// The checkpoint of a page is blank.
    #[error("from must be the checkpoint of a page")]
    From,
    /// The id of a profile is not 1 to 100 letters, digits, hyphens and underscores.
    #[error("id must have 1 to 100 letters, digits, hyphens or underscores")]
    Id,
    /// The identifier of an API has not 1 to 600 characters, or is `.` or `..`, which a path cannot contain.
    #[error("identifier must have 1 to 600 characters, and must not be . or ..")]
    Identifier,
    /// The name has not 3 to 50 characters.
    #[error("name must have 3 to 50 characters")]
    Name,
    /// A change names nothing that is to be changed.
    #[error("the change has neither a name nor a subject_token_type")]
    NothingToChange,
    /// The type of the profile has not 1 to 21 characters.
    #[error("type must have 1 to 21 characters")]
    ProfileType,
    /// The subject token type is not a URI of 8 to 100 characters, or is in a namespace of IETF, Auth0 or Okta.
    #[error("subject_token_type must be a URI of 8 to 100 characters outside the reserved namespaces")]
    SubjectTokenType,
    /// A page has not 1 to 100 members.
    #[error("take must be a number from 1 to 100")]
    Take,
    /// The management token is empty, or has characters that no token has.
    #[error("the management token must be an access token")]
    Token,
}

impl InputError {
    /// Every problem, in the order of the parameters.
    pub fn problems(&self) -> &[InputProblem] {
        &self.0
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the input is invalid: ")?;
        for (index, problem) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InputError {}

/// The problems of one input, while it is checked.
#[derive(Debug, Default)]
pub(crate) struct Check(Vec<InputProblem>);

impl Check {
    /// Checks the path of a resource: an id that could leave the path would address something else.
    pub(crate) fn id(self, id: &str) -> Self {
        let is_plain = id.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet));
        self.require(is_plain && (1..=100).contains(&id.len()), InputProblem::Id)
    }

    /// Checks the identifier of an API, which becomes one segment of a path. A client removes dot segments from a path, even
    /// if they are escaped.
    pub(crate) fn identifier(self, identifier: &str) -> Self {
        let is_usable = !matches!(identifier, "." | "..") && (1..=600).contains(&identifier.chars().count());
        self.require(is_usable, InputProblem::Identifier)
    }

    /// Checks a token, which becomes the value of a header ([RFC 6750 §2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    pub(crate) fn token(self, token: &str) -> Self {
        let is_token = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~+/=".contains(&octet);
        self.require(!token.is_empty() && token.bytes().all(is_token), InputProblem::Token)
    }

    pub(crate) fn name(self, name: &str) -> Self {
        self.require((3..=50).contains(&name.chars().count()), InputProblem::Name)
    }

    pub(crate) fn subject_token_type(self, token_type: &str) -> Self {
        self.require(ExchangeProfile::check_subject_token_type(token_type).is_ok(), InputProblem::SubjectTokenType)
    }

    pub(crate) fn action_id(self, id: &str) -> Self {
        self.require((1..=36).contains(&id.chars().count()), InputProblem::ActionId)
    }

    pub(crate) fn profile_type(self, profile_type: &str) -> Self {
        self.require((1..=21).contains(&profile_type.chars().count()), InputProblem::ProfileType)
    }

    pub(crate) fn require(mut self, holds: bool, problem: InputProblem) -> Self {
        if !holds {
            self.0.push(problem);
        }
        self
    }

    /// # Errors
    ///
    /// [`InputError`] with the problems, if there are any.
    pub(crate) fn finish(self) -> Result<(), InputError> {
        if self.0.is_empty() { Ok(()) } else { Err(InputError(self.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_those_of_auth0() {
        let long = |characters: usize| "\u{e9}".repeat(characters);
        for (text, ids, names, actions, types) in [
            (String::new(), false, false, false, false),
            ("ab".into(), true, false, true, true),
            ("abc".into(), true, true, true, true),
            ("a".repeat(21), true, true, true, true),
            ("a".repeat(22), true, true, true, false),
            ("a".repeat(36), true, true, true, false),
            ("a".repeat(37), true, true, false, false),
            ("a".repeat(101), false, false, false, false),
            (long(50), false, true, false, false),
            (long(51), false, false, false, false),
            ("../clients".into(), false, true, true, true),
            ("tep_1?x".into(), false, true, true, true),
        ] {
            let holds = |check: fn(Check, &str) -> Check| check(Check::default(), &text).finish().is_ok();
            let found = (holds(Check::id), holds(Check::name), holds(Check::action_id), holds(Check::profile_type));
            assert_eq!(found, (ids, names, actions, types), "{text}");
        }
    }

    #[test]
    fn every_problem_is_reported() {
        let error = Check::default().name("ab").subject_token_type("urn:auth0:x").action_id("").finish().err();
        let text = "the input is invalid: name must have 3 to 50 characters; subject_token_type must be a URI of 8 to 100 \
                    characters outside the reserved namespaces; action_id must have 1 to 36 characters";
        assert_eq!(error.map(|error| error.to_string()).as_deref(), Some(text));
    }
}
