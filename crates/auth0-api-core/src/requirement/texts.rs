//! Lists of texts, as they are meant.

/// Texts separated by blanks, one by one.
pub(super) fn words<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Vec<Box<str>> {
    let words = |text: S| text.as_ref().split_ascii_whitespace().map(Box::from).collect::<Vec<_>>();
    texts.into_iter().flat_map(words).collect()
}

/// All of the texts, or none if one of them is blank: of a list that is asked for as a whole, a blank must not make less.
pub(super) fn unless_blank<S: AsRef<str>>(texts: Vec<S>) -> Vec<S> {
    if texts.iter().any(|text| text.as_ref().trim().is_empty()) { Vec::new() } else { texts }
}

/// Texts that are none are left out: a blank would ask for nothing.
pub(super) fn texts<S: Into<Box<str>>>(texts: impl IntoIterator<Item = S>) -> Vec<Box<str>> {
    texts.into_iter().map(Into::into).filter(|text: &_| !str::trim(text).is_empty()).collect()
}
