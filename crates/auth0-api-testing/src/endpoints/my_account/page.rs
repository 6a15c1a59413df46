//! Lists in pages.

use serde_json::{Map, Value};

use super::error::MyAccountError;
use crate::endpoints::parameters::Parameters;

/// Which part of a list a client asks for.
#[derive(Debug)]
pub(super) struct Paging {
    /// Only accounts of this connection.
    pub(super) connection: Option<String>,
    /// The key of the first item; `None` for the beginning of the list.
    from: Option<String>,
    take: usize,
}

impl Paging {
    pub(super) fn read(query: &str) -> Result<Self, MyAccountError> {
        let query =
            Parameters::form(query.as_bytes()).map_err(|error| MyAccountError::bad_request(error.description))?;
        let take = query.get("take").map_or(Ok(DEFAULT_TAKE), str::parse);
        let take = take.ok().filter(|take| (1..=MOST_ITEMS).contains(take));
        Ok(Self {
            connection: query.get("connection").map(str::to_owned),
            from: query.get("from").map(str::to_owned),
            take: take
                .ok_or_else(|| MyAccountError::bad_request(format!("take must be a number from 1 to {MOST_ITEMS}")))?,
        })
    }

    /// Returns this part of a list whose items have keys. `next` is missing on the last page.
    pub(super) fn page(&self, name: &str, items: Vec<(String, Value)>) -> Value {
        let mut rest = items.into_iter().skip_while(|(key, _)| self.from.as_ref().is_some_and(|from| from != key));
        let page = rest.by_ref().take(self.take).map(|(_, item)| item).collect::<Vec<_>>();
        let mut body = Map::from_iter([(name.to_owned(), page.into())]);
        body.extend(rest.next().map(|(key, _)| ("next".to_owned(), key.into())));
        body.into()
    }
}

/// Auth0's default and limit.
const DEFAULT_TAKE: usize = 10;
const MOST_ITEMS: usize = 20;
