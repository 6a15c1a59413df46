//! Reads the floor table and the list of cycles in `ARCHITECTURE.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::Violation;
use crate::cycles::Cycle;
use crate::modules::Crate;

/// The structure that `ARCHITECTURE.md` defines.
#[derive(Debug)]
pub(crate) struct Architecture {
    /// The crate whose modules have floors.
    pub(crate) krate: String,
    /// For each module, its floor and its position in the list of that floor.
    places: BTreeMap<String, Place>,
    cycles: BTreeSet<Cycle>,
}

/// A floor, and a position in the list of that floor, from left to right. A file must not import a module with a
/// greater place than the place of its own module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    floor: u32,
    column: usize,
}

impl Architecture {
    /// Reads the name of the crate from the heading `## Inside CRATE`, the places from the rows of the table, such as
    /// ``| 3 knowledge | `issuer/` `token/` | … |``, and the cycles from the list items after the line `<!-- cycles
    /// -->`.
    pub(crate) fn parse(text: &str) -> io::Result<Self> {
        let heading = "## Inside ";
        let krate = text.lines().find_map(|line| line.strip_prefix(heading)).unwrap_or_default().trim().to_owned();
        let places: BTreeMap<_, _> = text.lines().flat_map(floor).collect();
        if krate.is_empty() || places.is_empty() {
            return Err(io::Error::other("ARCHITECTURE.md has no section \"## Inside CRATE\" with a table of floors"));
        }
        let cycles =
            text.lines().skip_while(|line| *line != "<!-- cycles -->").filter_map(|line| line.strip_prefix("- "));
        let cycles = cycles.map(|item| quoted(item).map(str::to_owned).collect());
        Ok(Self { krate, places, cycles: cycles.collect() })
    }

    /// Checks rules 1 and 2.
    pub(crate) fn compare(&self, krate: &Crate) -> Vec<Violation> {
        let modules: BTreeSet<&str> = krate.files().map(module_of).collect();
        let missing = modules.iter().filter(|module| !self.places.contains_key(**module)).map(|module| {
            violation("ARCHITECTURE.md", 0, format!("the table of floors has no place for the module `{module}`"))
        });
        let gone = self.places.keys().filter(|name| !modules.contains(name.as_str())).map(|name| {
            violation("ARCHITECTURE.md", 0, format!("the table of floors names `{name}`, which does not exist"))
        });
        let upward = krate.edges().into_iter().filter_map(|edge| {
            let (from, to) = (module_of(&edge.from), module_of(&edge.to));
            let (own, other) = (*self.places.get(from)?, *self.places.get(to)?);
            let problem = match () {
                () if other.floor > own.floor => {
                    format!("`{from}` on floor {} imports `{to}` of the higher floor {}", own.floor, other.floor)
                }
                () if other > own => {
                    format!("`{from}` imports `{to}`, which is to its right on floor {}", own.floor)
                }
                () => return None,
            };
            Some(violation(&format!("{}/{}", krate.folder, edge.from), edge.line, problem))
        });
        missing.chain(gone).chain(upward).collect()
    }

    /// Checks rule 3.
    pub(crate) fn compare_cycles(&self, found: &[Cycle]) -> Vec<Violation> {
        let unlisted = found.iter().filter(|cycle| !self.cycles.contains(*cycle)).map(|cycle| {
            let files: Vec<_> = cycle.iter().map(|file| format!("`{file}`")).collect();
            violation(cycle.first().map_or("", String::as_str), 0, format!("a cycle of imports: {}", files.join(" ")))
        });
        let gone = self.cycles.iter().filter(|cycle| !found.contains(cycle)).map(|cycle| {
            let files: Vec<_> = cycle.iter().map(String::as_str).collect();
            violation(
                "ARCHITECTURE.md",
                0,
                format!("this cycle no longer exists, remove it from the list: {}", files.join(" ")),
            )
        });
        unlisted.chain(gone).collect()
    }
}

/// Returns the modules in one row of the table.
fn floor(line: &str) -> Vec<(String, Place)> {
    let mut cells = line.split('|').map(str::trim).skip(1);
    let floor = cells.next().and_then(|cell| cell.split(' ').next()?.parse().ok());
    let (Some(floor), Some(modules)) = (floor, cells.next()) else { return Vec::new() };
    let names = quoted(modules).map(|name| name.trim_end_matches('/').to_owned());
    names.enumerate().map(|(column, name)| (name, Place { floor, column })).collect()
}

/// Returns the texts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Returns the first-level module of a file.
fn module_of(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

fn violation(file: &str, line: usize, problem: String) -> Violation {
    Violation { file: file.to_owned(), line, problem }
}
