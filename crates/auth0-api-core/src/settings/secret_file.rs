//! Reads a secret from a file.

use std::fs::File;
use std::io::Read as _;

use secrecy::zeroize::Zeroizing;

use crate::known_settings::SettingError;

/// Reads the text of a file.
pub(super) fn read(path: &str) -> Result<Zeroizing<String>, SettingError> {
    // With this capacity, the text is never moved, so no copy of it stays in memory.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST + 1));
    let opened = File::open(path).map_err(|_| SettingError::File)?;
    let limit = u64::try_from(LONGEST + 1).unwrap_or(u64::MAX);
    opened.take(limit).read_to_string(&mut text).map_err(|_| SettingError::File)?;
    if text.len() > LONGEST { Err(SettingError::File) } else { Ok(text) }
}

/// The longest key has 14 KB.
const LONGEST: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    #[test]
    fn a_long_file_is_not_read() {
        let long = std::env::temp_dir().join(format!("auth0-api-core-{}", std::process::id()));
        for (length, expected) in [(LONGEST, true), (LONGEST + 1, false)] {
            std::fs::write(&long, " ".repeat(length)).unwrap();
            assert_eq!(read(long.to_str().unwrap()).is_ok(), expected, "{length}");
        }
        std::fs::remove_file(&long).unwrap();
    }
}
