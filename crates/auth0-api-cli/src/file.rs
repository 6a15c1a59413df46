//! Reads the files that the program is given: key sets, keys, secrets, and descriptions. Any of them may be a secret, so their
//! texts are wiped from memory. Writes the files that it makes.

use std::fmt::{self, Display};
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

/// Why a file cannot be used. The text names the file, and nothing that is in it.
#[derive(Debug)]
pub(crate) struct FileError {
    file: String,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Empty,
    Exists,
    Long,
    Unreadable(io::Error),
    Unwritable(io::Error),
}

/// Reads the text of a file, without white space at its end.
pub(crate) fn read(file: &Path) -> Result<Zeroizing<String>, FileError> {
    contents(file).map_err(|cause| FileError { file: file.display().to_string(), cause })
}

/// Writes a secret to a new file that only this user can read, and a line feed after it if it has none. A file that exists stays
/// as it is.
pub(crate) fn create_secret(file: &Path, text: &str) -> Result<(), FileError> {
    written(file, text).map_err(|cause| FileError { file: file.display().to_string(), cause })
}

fn written(file: &Path, text: &str) -> Result<(), Cause> {
    let mut options = OpenOptions::new();
    // It follows no link that somebody else has put there.
    options.write(true).create_new(true);
    // From the beginning: with `chmod` afterwards, others could open the file in between.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.open(file).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Cause::Exists,
        _ => Cause::Unwritable(error),
    })?;
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let mut write = |text: &str| opened.write_all(text.as_bytes());
    write(text).and_then(|()| write(end)).map_err(Cause::Unwritable)
}

fn contents(file: &Path) -> Result<Zeroizing<String>, Cause> {
    let opened = File::open(file).map_err(Cause::Unreadable)?;
    let length = opened.metadata().map_err(Cause::Unreadable)?.len().min(LONGEST);
    // With this capacity, the text is not moved, so no copy of it stays in memory.
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(length).unwrap_or_default() + 1));
    // One octet more than the longest file shows that a file is longer.
    let read = opened.take(LONGEST + 1).read_to_string(&mut text).map_err(Cause::Unreadable)?;
    if u64::try_from(read).is_ok_and(|read| read > LONGEST) {
        return Err(Cause::Long);
    }
    // Line feeds before the text stay: the lines of a description are counted.
    let text = Zeroizing::new(text.trim_end().to_owned());
    if text.trim().is_empty() { Err(Cause::Empty) } else { Ok(text) }
}

impl Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        match &self.cause {
            Cause::Empty => write!(f, "the file {file} is empty"),
            Cause::Exists => write!(f, "the file {file} exists already, and stays as it is: name a new one"),
            Cause::Long => write!(f, "the file {file} is longer than {} MiB", LONGEST / MIB),
            Cause::Unreadable(error) => write!(f, "cannot read {file}: {error}"),
            Cause::Unwritable(error) => write!(f, "cannot write {file}: {error}"),
        }
    }
}

const MIB: u64 = 1024 * 1024;
/// A key set has at most 512 KiB, and everything else is shorter.
const LONGEST: u64 = MIB;
