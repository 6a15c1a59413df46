//! What the command line says.

use std::time::Duration;

/// What to measure, and how much.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) effort: Effort,
    /// The ids of the contestants contain this text. The servers to compare with are always there.
    pub(crate) only: String,
    /// The sections to measure; all if empty.
    pub(crate) sections: Vec<String>,
}

/// How much to measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Rounds of the whole servers. Every other round has the opposite order.
    pub(crate) rounds: usize,
    /// The time of one server in one round.
    pub(crate) round: Duration,
    /// Rounds of the calls, with 10 calls each.
    pub(crate) call_rounds: usize,
    pub(crate) cold_starts: usize,
    /// The requests after which the memory is read.
    pub(crate) requests: usize,
    /// The time of each flood.
    pub(crate) flood: Duration,
}

impl Options {
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let mut options = Self { effort: Effort::FULL, only: String::new(), sections: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => options.effort = Effort::QUICK,
                "--only" => options.only = (*words.next().ok_or("--only needs a text")?).to_owned(),
                section if SECTIONS.contains(&section) => options.sections.push(section.to_owned()),
                other => return Err(format!("unknown argument: {other}")),
            }
        }
        Ok(options)
    }

    pub(crate) fn has(&self, section: &str) -> bool {
        self.sections.is_empty() || self.sections.iter().any(|asked| asked == section)
    }
}

impl Effort {
    const FULL: Self = Self {
        rounds: 6,
        round: Duration::from_secs(2),
        call_rounds: 501,
        cold_starts: 3,
        requests: 100_000,
        flood: Duration::from_secs(8),
    };
    const QUICK: Self = Self {
        rounds: 2,
        round: Duration::from_millis(400),
        call_rounds: 51,
        cold_starts: 1,
        requests: 10_000,
        flood: Duration::from_secs(1),
    };
}

pub(crate) const USAGE: &str = "\
usage: benches/peers/run [--quick] [--only TEXT] [SECTION...]
  --quick      a short run, which shows that everything works
  --only TEXT  only the contestants whose name contains TEXT, and those without a check
  SECTION      checks, calls, servers, cold, flood; all without an argument";
const SECTIONS: [&str; 5] = ["checks", "calls", "servers", "cold", "flood"];

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn sections_select() {
        let options = Options::parse(&["--quick", "cold", "--only", "huskarl"]).unwrap();
        assert!(options.has("cold") && !options.has("flood"));
        assert_eq!((options.effort.rounds, options.only.as_str()), (2, "huskarl"));
        assert!(Options::parse(&[]).unwrap().has("flood"));
    }

    #[test]
    fn unknown_arguments_are_rejected() {
        assert_eq!(Options::parse(&["--fast"]).unwrap_err(), "unknown argument: --fast");
        assert_eq!(Options::parse(&["--only"]).unwrap_err(), "--only needs a text");
    }
}
