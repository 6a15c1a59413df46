//! Extra parameters of a token request. The application adds them to the parameters of the flow.

use super::InputError;
use super::input::{ADDED, reject_reserved};

/// Pairs of name and value, in the order in which they were added. A name with several values occurs several times.
#[derive(Clone, Default)]
pub(super) struct Extra(Vec<(Box<str>, Box<str>)>);

impl Extra {
    pub(super) fn push(&mut self, name: Box<str>, value: Box<str>) {
        self.0.push((name, value));
    }

    /// Returns the fields, or an error if a name is reserved or has too many values.
    pub(super) fn fields(&self) -> Result<impl Iterator<Item = (&str, &str)>, InputError> {
        reject_reserved(self.0.iter().map(|(name, _)| name), &[&ADDED, &RESERVED])?;
        let count = |wanted: &str| self.0.iter().filter(|(name, _)| **name == *wanted).count();
        match self.0.iter().find(|(name, _)| count(name) > MAX_VALUES) {
            Some((name, _)) => Err(InputError::TooManyValues { name: name.clone() }),
            None => Ok(self.0.iter().map(|(name, value)| (&**name, &**value))),
        }
    }
}

/// As in auth0-api-js, in addition to [`ADDED`]: the fields that a flow sets itself, and fields that would change the
/// client, the subject or the audience. auth0-api-js does not reserve `authorization_details`, because it has no setting
/// for it.
const RESERVED: [&str; 16] = [
    "authorization_details",
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

/// As in auth0-api-js. If one name has more values, the application probably has a faulty loop.
const MAX_VALUES: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_at_most_twenty_values() {
        for (values, others, accepted) in [(20, 0, true), (20, 5, true), (21, 0, false), (21, 5, false), (1, 21, true)]
        {
            let mut extra = Extra::default();
            (0..values).for_each(|_| extra.push("device".into(), "x".into()));
            (0..others).for_each(|other| extra.push(format!("other{other}").into(), "x".into()));
            let fields = extra.fields().map(Iterator::count);
            let expected =
                if accepted { Ok(values + others) } else { Err(InputError::TooManyValues { name: "device".into() }) };
            assert_eq!(fields, expected, "{values} and {others}");
        }
    }

    #[test]
    fn fields_with_a_setting_of_their_own_are_reserved() {
        for (name, is_reserved) in [("authorization_details", true), ("scope", true), ("device_id", false)] {
            let mut extra = Extra::default();
            extra.push(name.into(), "[]".into());
            let rejected = matches!(extra.fields().map(drop), Err(InputError::Reserved { .. }));
            assert_eq!(rejected, is_reserved, "{name}");
        }
    }
}
