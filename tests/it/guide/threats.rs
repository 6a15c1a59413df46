//! The page about threats names the test of each measure.

use std::path::{Path, PathBuf};
use std::{fs, iter};

const PAGE: &str = include_str!("../../../crates/auth0-api-core/src/guide/threats.md");

#[test]
fn each_test_that_the_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources: String = ["crates", "tests", "examples"].iter().flat_map(|folder| files(root.join(folder))).collect();
    let named = PAGE.split("<small>").skip(1).filter_map(|row| row.split("</small>").next()).flat_map(texts_in_code);
    let (mut found, mut missing) = (0, Vec::new());
    for name in named.filter(|name| name.contains('_') && !name.contains(['/', '.', ':'])) {
        found += 1;
        if !sources.contains(&format!("fn {name}(")) {
            missing.push(name);
        }
    }
    assert!(found > 100, "{found}");
    assert_eq!(missing, [""; 0]);
}

/// The texts between backticks.
fn texts_in_code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The texts of the files with Rust code in a folder.
fn files(folder: PathBuf) -> Vec<String> {
    let mut folders = vec![folder];
    let entries = iter::from_fn(|| {
        let entries: Vec<_> = fs::read_dir(folders.pop()?).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.extend(entries.iter().filter(|path| path.is_dir() && !path.ends_with("target")).cloned());
        Some(entries)
    });
    let paths: Vec<_> = entries.flatten().collect();
    let is_code = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    paths.iter().filter(is_code).map(|path| fs::read_to_string(path).unwrap()).collect()
}
