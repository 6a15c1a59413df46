//! Secrets from variables, or from the files that variables name.

use std::fs::File;
use std::io::Read as _;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

/// A secret of the environment.
#[derive(Clone, Debug)]
pub(super) enum Secret {
    Missing,
    Known(SecretString),
    /// The variable names a file that cannot be read, is no text, or is longer than [`LONGEST`].
    Unreadable {
        variable: &'static str,
    },
}

impl Secret {
    /// Takes the value of the first variable, or the contents of the file that the second one names.
    pub(super) fn read(value: Option<String>, file: Option<String>, file_variable: &'static str) -> Self {
        match (value, file) {
            (Some(value), _) => Self::Known(value.into()),
            (None, Some(file)) => contents(&file).map_or(Self::Unreadable { variable: file_variable }, Self::Known),
            (None, None) => Self::Missing,
        }
    }
}

fn contents(file: &str) -> Option<SecretString> {
    let mut text = Zeroizing::new(String::with_capacity(LONGEST + 1));
    let limit = u64::try_from(LONGEST + 1).ok()?;
    File::open(file).ok()?.take(limit).read_to_string(&mut text).ok()?;
    let is_usable = text.len() <= LONGEST && !text.trim().is_empty();
    is_usable.then(|| text.trim().to_owned().into())
}

/// Octets. The longest token that core accepts has 16 KiB.
const LONGEST: usize = 16 * 1024;
