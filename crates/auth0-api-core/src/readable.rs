//! Durations as people say them, for errors and log events.

use std::fmt;
use std::time::Duration;

/// Displays a duration in its two largest units, such as `2 h 10 min`. Fractions of a second are cut off.
pub(crate) struct Readable(pub(crate) Duration);

impl fmt::Display for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let mut rest = seconds;
        let counts = UNITS.map(|(length, name)| {
            let count = rest / length;
            rest %= length;
            (count, name)
        });
        let Some(first) = counts.iter().position(|(count, _)| *count > 0) else { return f.write_str("0 s") };
        let shown = counts.iter().skip(first).take(2).filter(|(count, _)| *count > 0);
        for (index, (count, name)) in shown.enumerate() {
            let blank = if index == 0 { "" } else { " " };
            write!(f, "{blank}{count} {name}")?;
        }
        Ok(())
    }
}

const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_shown_in_its_two_largest_units() {
        for (milliseconds, shown) in [
            (0, "0 s"),
            (999, "0 s"),
            (3_000, "3 s"),
            (61_000, "1 min 1 s"),
            (3_600_000, "1 h"),
            (3_605_000, "1 h"),
            (7_800_000, "2 h 10 min"),
            (864_000_000, "10 d"),
        ] {
            assert_eq!(Readable(Duration::from_millis(milliseconds)).to_string(), shown);
        }
    }
}
