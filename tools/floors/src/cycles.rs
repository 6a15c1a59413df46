//! Cycles of files that import each other: strongly connected components.

use std::collections::{BTreeMap, BTreeSet};

use crate::modules::Crate;

/// Files of one crate that import each other, directly or through other files. The paths start at the workspace's root.
pub(crate) type Cycle = BTreeSet<String>;

/// Returns every cycle of a crate. Two files are in the same cycle if each file imports the other, directly or through
/// other files.
pub(crate) fn of(krate: &Crate) -> Vec<Cycle> {
    let mut next: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for edge in krate.edges() {
        next.entry(edge.from).or_default().insert(edge.to);
    }
    let reached: BTreeMap<&String, BTreeSet<&String>> = next.keys().map(|file| (file, reach(file, &next))).collect();
    let mut cycles = BTreeSet::new();
    for (file, others) in &reached {
        let there_and_back = |other: &&&String| reached.get(**other).is_some_and(|back| back.contains(*file));
        let cycle: Cycle = others
            .iter()
            .filter(there_and_back)
            .map(|file| format!("{}/{file}", krate.folder))
            .chain([format!("{}/{file}", krate.folder)])
            .collect();
        if cycle.len() > 1 {
            cycles.insert(cycle);
        }
    }
    cycles.into_iter().collect()
}

/// Returns all files that a file imports, directly or through other files.
fn reach<'n>(from: &String, next: &'n BTreeMap<String, BTreeSet<String>>) -> BTreeSet<&'n String> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(file) = open.pop() {
        for other in next.get(file).into_iter().flatten() {
            if reached.insert(other) {
                open.push(other);
            }
        }
    }
    reached
}
