//! The parameters of a query.

/// Returns a parameter of a query. A repeated one is none, because it is unclear which one is meant.
pub(super) fn one(query: &str, name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    value.filter(|value| !value.is_empty() && values.next().is_none())
}

pub(super) fn has(query: &str, name: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(known, _)| known == name)
}
