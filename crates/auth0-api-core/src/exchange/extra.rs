//! Parameters of a token request beyond those that the flow knows.

use super::InputError;

/// Names and values, in the order given, a name as often as it has values.
#[derive(Clone, Default)]
pub(super) struct Extra(Vec<(Box<str>, Box<str>)>);

impl Extra {
    pub(super) fn push(&mut self, name: Box<str>, value: Box<str>) {
        self.0.push((name, value));
    }

    /// The fields, once no name is reserved and none has too many values.
    pub(super) fn fields(&self) -> Result<impl Iterator<Item = (&str, &str)>, InputError> {
        reject_reserved(self.0.iter().map(|(name, _)| name), &RESERVED)?;
        let count = |wanted: &str| self.0.iter().filter(|(name, _)| **name == *wanted).count();
        match self.0.iter().find(|(name, _)| count(name) > MAX_VALUES) {
            Some((name, _)) => Err(InputError::TooManyValues { name: name.clone() }),
            None => Ok(self.0.iter().map(|(name, value)| (&**name, &**value))),
        }
    }
}

/// Rejects names that belong to somebody else, in any spelling, and says which.
pub(super) fn reject_reserved(
    names: impl Iterator<Item = impl AsRef<str>>,
    reserved: &[&str],
) -> Result<(), InputError> {
    let is_reserved = |name: &str| reserved.iter().any(|reserved| reserved.eq_ignore_ascii_case(name));
    let rejected = names.filter(|name| is_reserved(name.as_ref()));
    let rejected: Vec<Box<str>> = rejected.map(|name| name.as_ref().into()).collect();
    if rejected.is_empty() { Ok(()) } else { Err(InputError::Reserved { names: rejected }) }
}

/// What client authentication adds, and the grant type: fields that no grant can have as well.
pub(super) const ADDED: [&str; 5] =
    ["grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type"];

/// As auth0-api-js: what a flow sets itself, and what would change who asks for what.
const RESERVED: [&str; 20] = [
    "grant_type",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "subject_token",
    "subject_token_type",
    "requested_token_type",
    "actor_token",
    "actor_token_type",
    "audience",
    "aud",
    "resource",
    "resources",
    "resource_indicator",
    "scope",
    "connection",
    "login_hint",
    "organization",
    "assertion",
];

/// As auth0-api-js: more values under one name are a loop that went wrong.
const MAX_VALUES: usize = 20;
