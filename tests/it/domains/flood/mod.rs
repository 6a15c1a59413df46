//! Floods of tokens without a valid signature, together with real users, slow resolvers, requests that overtake each
//! other, key rotations and outages. Everything happens in simulated time, and each run is the same.

mod answers;
mod clocks;
mod limits;
mod network;
mod random;
mod simulation;
mod together;
mod users;

use std::ops::Range;
use std::time::Duration;

use auth0_api_testing::SigningKey;

use self::simulation::{KNOWN_HOST, Kind, Load, Simulation};

fn unsigned(per_second: usize, tenants: Range<usize>) -> Load {
    Load { per_second, kind: Kind::Unsigned, tenants, host: KNOWN_HOST }
}

fn made_up(per_second: usize, tenants: Range<usize>) -> Load {
    Load { per_second, kind: Kind::MadeUpKey, tenants, host: KNOWN_HOST }
}

fn users(per_second: usize, key: &SigningKey, tenants: Range<usize>) -> Load {
    Load { per_second, kind: Kind::Signed(key.clone()), tenants, host: KNOWN_HOST }
}

/// Checks the documented limit at each moment: a hundred fetches at once, then ten a second, and those that need no
/// permit, or whose permit was returned.
#[track_caller]
fn assert_permitted(simulation: &Simulation, free: usize) {
    assert_within_permits(&simulation.fetched_at(), free);
}

#[track_caller]
fn assert_within_permits(fetched_at: &[Duration], free: usize) {
    for (number, at) in fetched_at.iter().enumerate() {
        let tenths = usize::try_from(at.as_millis() / 100).unwrap();
        assert!(number < free + 100 + tenths, "fetch {} after {tenths} tenths of a second", number + 1);
    }
}

const SLOWEST_RESOLVER: Duration = Duration::from_millis(45);
const LONGEST_WAIT: Duration = Duration::from_secs(1);
const UNKNOWN_KEY_INTERVAL: Duration = Duration::from_secs(10);
