//! The exit status, by one convention for all tools:
//!
//! | status | meaning | `check` | `doctor` | `profiles` | `proof` |
//! |---|---|---|---|---|---|
//! | 0 | yes | accepted | no problem | done, or nothing to do | printed |
//! | 1 | no | rejected | a problem | failed | |
//! | 2 | unusable | flags, settings or input | flags | flags, settings or file | flags, key or input |
//! | 3 | open | not judged | not everything was looked at | not confirmed | |

use std::process::ExitCode;

/// How a tool ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// It is as it should be.
    Yes = 0,
    /// It is not.
    No = 1,
    /// What the program was given cannot be used; nothing was sent. clap has the same status for flags.
    Unusable = 2,
    /// The question is open.
    Open = 3,
}

impl ExitStatus {
    /// The number, which JSON has too.
    pub(crate) fn number(self) -> u8 {
        self as u8
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.number())
    }
}

/// Writes the end of a tool's help: what each status means for it.
macro_rules! help {
    ($yes:literal, $no:literal, $unusable:literal, $open:literal) => {
        concat!("EXIT STATUS\n  0  ", $yes, "\n  1  ", $no, "\n  2  ", $unusable, "\n  3  ", $open)
    };
}

pub(crate) const OF_CHECK: &str = help!(
    "accepted",
    "rejected",
    "the flags, the settings or the input cannot be used",
    "not judged: the keys of the tenant are unavailable, or the\n     token is bound to a certificate, which only your API sees"
);
pub(crate) const OF_DOCTOR: &str = help!(
    "no problem (warnings do not count)",
    "a problem",
    "the flags cannot be used",
    "no problem was found, but not everything could be looked at"
);
pub(crate) const OF_PROFILES: &str = help!(
    "done, or nothing to do",
    "failed",
    "the flags, the settings or the file cannot be used",
    "there are changes to make, and nobody has confirmed them"
);
/// It has no outcome that is a no, and none that is open.
pub(crate) const OF_PROOF: &str = "EXIT STATUS
  0  the proof is printed
  2  the flags, the key or the input cannot be used";
