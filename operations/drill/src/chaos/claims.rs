//! What a run claims, and whether it holds.

use std::fmt;

use super::cluster::NODES;
use super::tally::Tally;
use super::usage::Usage;
use crate::Result;

/// The claims of a run, in the order in which they are checked.
#[derive(Debug, Default)]
pub(crate) struct Claims(Vec<(String, bool)>);

impl Claims {
    /// The claims of a run: what the clients saw, what the replicas used before and after, and how the programs ended.
    pub(crate) fn of(tally: &Tally, before: &[Usage; 2], after: &[Usage; 2], ends_cleanly: Result<()>) -> Self {
        let mut claims = Self::default();
        for violation in tally.violations.iter().take(MOST_VIOLATIONS) {
            claims.add(violation, false);
        }
        claims.add(
            format!("{} answers outside of the stated windows", tally.violations.len()),
            tally.violations.is_empty(),
        );
        claims.add("every kind of request was sent, and every good kind was served", tally.is_complete());
        // Not claims that can fail: the guide says that these happen.
        let Tally { exposed_proofs, lost_proofs, expired_accepted, .. } = tally;
        claims.add(format!("{lost_proofs} of {exposed_proofs} proofs of a fail-over accepted again: stated"), true);
        claims.add(format!("{expired_accepted} expired tokens accepted with a wrong clock: stated"), true);
        for (name, before, after) in [("a", before[0], after[0]), ("b", before[1], after[1])] {
            let claim = format!("replica {name} before: {before}\n            after:  {after}");
            claims.add(claim, after.is_within(before.bound(NODES)));
        }
        match ends_cleanly {
            Ok(()) => claims.add("the replicas and nginx end with status 0 after SIGTERM", true),
            Err(error) => claims.add(format!("the replicas and nginx end with status 0 after SIGTERM: {error}"), false),
        }
        claims
    }

    pub(crate) fn all_hold(&self) -> bool {
        self.0.iter().all(|(_, holds)| *holds)
    }

    fn add(&mut self, claim: impl Into<String>, holds: bool) {
        self.0.push((claim.into(), holds));
    }
}

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(claim, holds)| writeln!(f, "{} {claim}", if *holds { "✓" } else { "✗" }))
    }
}

const MOST_VIOLATIONS: usize = 20;
