//! Which page of a list to get.

use super::ConnectError;

/// The page of a query.
#[derive(Clone, Debug, Default)]
pub(super) struct Paging {
    /// What the page before it named as its next.
    pub(super) from: Option<Box<str>>,
    /// The largest number of members. `None` leaves the choice to the tenant.
    pub(super) take: Option<u8>,
}

impl Paging {
    /// Returns the query, without the question mark. `connection` restricts the list.
    pub(super) fn pairs(&self, connection: Option<&str>) -> Result<String, ConnectError> {
        if self.take.is_some_and(|most| !(1..=MOST_PER_PAGE).contains(&most)) {
            return Err(ConnectError::Input { parameter: "take" });
        }
        for (parameter, value) in [("connection", connection), ("from", self.from.as_deref())] {
            // The tenant could take a blank checkpoint for the beginning of the list, which then never ends.
            if value.is_some_and(|value| value.trim().is_empty()) {
                return Err(ConnectError::Input { parameter });
            }
        }
        let take = self.take.map(|most| most.to_string());
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("connection", connection), ("from", self.from.as_deref()), ("take", take.as_deref())] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        Ok(query.finish())
    }
}

/// Auth0's limit.
const MOST_PER_PAGE: u8 = 20;
