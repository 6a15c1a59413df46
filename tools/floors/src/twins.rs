//! Names that differ only by a plural s.

use std::collections::BTreeSet;

use crate::Violation;
use crate::modules::Crate;

/// Returns the files of a folder, and the types of a crate, that have the name of another with an added s.
pub(crate) fn of(krate: &Crate) -> Vec<Violation> {
    let places: BTreeSet<&str> =
        krate.files().map(|file| file.trim_end_matches("/mod.rs").trim_end_matches(".rs")).collect();
    let files = krate.files().filter_map(|file| {
        let singular = file.trim_end_matches("/mod.rs").trim_end_matches(".rs").strip_suffix('s')?;
        places.contains(singular).then(|| violation(krate, file, 0, singular))
    });
    let names: BTreeSet<&str> = krate.types().map(|(name, ..)| name).collect();
    let types = krate.types().filter_map(|(name, file, line)| {
        let singular = name.strip_suffix('s')?;
        names.contains(singular).then(|| violation(krate, file, line, singular))
    });
    files.chain(types).collect()
}

fn violation(krate: &Crate, file: &str, line: usize, singular: &str) -> Violation {
    let problem = format!("its name differs from `{singular}` only by a plural s");
    Violation { file: format!("{}/{file}", krate.folder), line, problem }
}
