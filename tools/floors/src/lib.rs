//! Compares the floor table of `ARCHITECTURE.md` with the imports of the code, measures the samples of the documentation,
//! and follows its links.
//!
//! Seven rules:
//!
//! 1. No file of `auth0-api-core` imports a module of a higher floor.
//! 2. Within a floor, a file imports only modules that are to the left of its own module in the list.
//! 3. In every crate, files import each other in a cycle only if `ARCHITECTURE.md` lists the cycle. A listed cycle that
//!    no longer exists is an error, so that the list becomes shorter.
//! 4. In a crate, no two types have names that differ only by a plural s. In a folder, no two files have such names.
//! 5. No line of a sample in the documentation is wider than the page that shows it.
//! 6. Each relative link of a Markdown file leads to a file and a heading that exist, and so does each link to the guide.
//! 7. The pages of `docs/guide`, for the browser of a repository, are those of the guide. [`write()`] makes them.
//!
//! The rules ignore code under `#[cfg(test)]`. An import of a re-exported name counts as an import of the file that
//! defines the name. The re-export itself (`pub use` in the parent of a module) is not an import.

mod architecture;
mod browser;
mod cycles;
mod imports;
mod links;
mod modules;
mod samples;
mod texts;
mod twins;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use architecture::Architecture;
use modules::Crate;

/// A place where the code breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, from the workspace's root.
    pub file: String,
    /// The line of the import, from 1; 0 if the violation is about the whole file.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
}

/// Checks the workspace in this folder.
///
/// # Errors
///
/// A file cannot be read, a file is not valid Rust, or `ARCHITECTURE.md` has no floor table.
pub fn check(workspace: &Path) -> io::Result<Vec<Violation>> {
    let architecture = Architecture::parse(&fs::read_to_string(workspace.join("ARCHITECTURE.md"))?)?;
    let mut violations = Vec::new();
    let mut cycles = Vec::new();
    let mut folders: Vec<_> = fs::read_dir(workspace.join("crates"))?.collect::<Result<_, _>>()?;
    folders.sort_by_key(fs::DirEntry::file_name);
    for folder in folders {
        let name = folder.file_name().to_string_lossy().into_owned();
        let krate = Crate::read(&folder.path().join("src"), &format!("crates/{name}/src"))?;
        if name == architecture.krate {
            violations.extend(architecture.compare(&krate));
        }
        violations.extend(twins::of(&krate));
        cycles.extend(cycles::of(&krate));
    }
    violations.extend(architecture.compare_cycles(&cycles));
    let texts = texts::all(workspace)?;
    let guide = guide(&architecture);
    violations.extend(samples::too_wide(&texts));
    violations.extend(links::dead(workspace, &guide, &texts));
    violations.extend(browser::outdated(workspace, &guide)?);
    violations.sort();
    violations.dedup();
    Ok(violations)
}

/// Writes the pages of the guide for the browser of a repository.
///
/// # Errors
///
/// A file cannot be read or written, or `ARCHITECTURE.md` has no floor table.
pub fn write(workspace: &Path) -> io::Result<()> {
    let architecture = Architecture::parse(&fs::read_to_string(workspace.join("ARCHITECTURE.md"))?)?;
    browser::write(workspace, &guide(&architecture))
}

/// Returns the folder of the guide's pages.
fn guide(architecture: &Architecture) -> PathBuf {
    Path::new("crates").join(&architecture.krate).join("src/guide")
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.problem)
    }
}
