//! What a run claims, and whether it holds.

use std::fmt;

/// The claims of a run, in the order in which they are checked.
#[derive(Debug, Default)]
pub(crate) struct Claims(Vec<(String, bool)>);

impl Claims {
    pub(crate) fn add(&mut self, claim: impl Into<String>, holds: bool) {
        self.0.push((claim.into(), holds));
    }

    pub(crate) fn all_hold(&self) -> bool {
        self.0.iter().all(|(_, holds)| *holds)
    }
}

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(claim, holds)| writeln!(f, "{} {claim}", if *holds { "✓" } else { "✗" }))
    }
}
