//! Names that are compared exactly, and the names that look like them.

use std::collections::{BTreeMap, BTreeSet};

use auth0_api_core::Requirement;

use crate::message::fold_letter;

/// The requirements of tools, of prompts or of methods.
#[derive(Debug)]
pub(super) struct Names {
    named: BTreeMap<Box<str>, Requirement>,
    /// The named and the further names, [folded].
    folded: BTreeSet<String>,
}

impl Names {
    /// `known` are further names that others must not look like.
    pub(super) fn new(
        named: impl Iterator<Item = (Box<str>, Requirement)>,
        known: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let named: BTreeMap<_, _> = named.collect();
        let folded = named.keys().map(|name| folded(name)).chain(known.into_iter().map(folded)).collect();
        Self { named, folded }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Requirement> {
        self.named.get(name)
    }

    /// Whether a lenient server may take a name that is not named for one that is.
    pub(super) fn has_look_alike(&self, name: &str) -> bool {
        self.folded.contains(&folded(name))
    }

    pub(super) fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.named.values()
    }
}

/// A name without case, without control characters, and without blanks around it.
pub(super) fn folded(name: &str) -> String {
    let visible: String = name.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    visible.trim().chars().flat_map(|c| fold_letter(c).to_lowercase()).collect()
}

/// Characters without a width, of which the trim function of JavaScript removes one.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn names_that_look_alike_fold_to_the_same() {
        for name in [
            "Tools/Call",
            " tools/call\t",
            "tools/call\0",
            "\u{feff}tools/call",
            "tool\u{17f}/call",
            "tools/ca\u{ad}ll",
        ] {
            assert_eq!(folded(name), "tools/call", "{name:?}");
        }
        for name in ["tools /call", "tools/calls", "tools_call", ""] {
            assert_ne!(folded(name), "tools/call", "{name:?}");
        }
        assert_eq!(folded("\u{c4}"), folded("\u{e4}"));
    }
}
