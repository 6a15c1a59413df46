//! Normalises lists of texts.

/// Splits each text at white space.
pub(super) fn words<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Vec<Box<str>> {
    let words = |text: S| text.as_ref().split_ascii_whitespace().map(Box::from).collect::<Vec<_>>();
    texts.into_iter().flat_map(words).collect()
}

/// Returns an empty list if one of the texts is blank.
///
/// Use this function for lists that must be met as a whole. If only the blank text were dropped, the list would require
/// less than the application wrote.
pub(super) fn empty_if_any_blank<S: AsRef<str>>(texts: Vec<S>) -> Vec<S> {
    if texts.iter().any(|text| text.as_ref().trim().is_empty()) { Vec::new() } else { texts }
}

/// Drops blank texts, because a blank text would require nothing.
pub(super) fn without_blanks<S: Into<Box<str>>>(texts: impl IntoIterator<Item = S>) -> Vec<Box<str>> {
    texts.into_iter().map(Into::into).filter(|text: &_| !str::trim(text).is_empty()).collect()
}
