//! Finds the files, reads their cases, runs them and prints a report for each file.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde_json::Value;

use super::case::{Case, File, SCHEMA};
use super::report::Report;
use super::{run, skip};

/// Runs the cases of one file. The folder in `VECTORS_DIR` may lack the file.
pub(super) fn run(topic: &str) {
    let folder = Folder::chosen();
    let file = folder.path.join(format!("{topic}.json"));
    if file.is_file() {
        run_file(&file).assert_passed();
    } else {
        assert!(folder.is_foreign, "{} is missing", file.display());
        print(&format!("{topic}.json: not in this folder"));
    }
}

/// Runs all other JSON files in the folder.
pub(super) fn run_others(known: &[&str]) {
    let files = Folder::chosen().json_files();
    let others =
        files.iter().filter(|file| !known.iter().any(|topic| file.file_stem().is_some_and(|stem| stem == *topic)));
    let reports: Vec<_> = others.map(|file| run_file(file)).collect();
    for report in reports {
        report.assert_passed();
    }
}

fn run_file(path: &Path) -> Report {
    let mut report = Report::new(path.file_name().unwrap_or_default().to_string_lossy());
    match read(path) {
        Ok(cases) => cases.iter().for_each(|case| run_case(case, &mut report)),
        Err(problem) => report.failed_as_a_whole(&problem),
    }
    print(&report.to_string());
    report
}

fn read(path: &Path) -> Result<Vec<Value>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    let file: File = serde_json::from_str(&text).map_err(|error| format!("is not a file of vectors: {error}"))?;
    if file.schema != SCHEMA {
        return Err(format!("has the schema {}, this runner supports {SCHEMA}", file.schema));
    }
    if file.cases.is_empty() { Err("has no case".to_owned()) } else { Ok(file.cases) }
}

fn run_case(value: &Value, report: &mut Report) {
    let case = match Case::deserialize(value) {
        Ok(case) => case,
        Err(error) => {
            return report
                .failed(value.get("id").unwrap_or(&Value::Null), &format!("the case cannot be read: {error}"));
        }
    };
    match skip::reason(&case) {
        Err(problem) => report.failed(&case, &problem),
        Ok(Some(reason)) => report.skipped(reason),
        Ok(None) => match run::case(&case) {
            Ok(()) => report.passed(),
            Err(problem) => report.failed(&case, &problem),
        },
    }
}

/// The folder with the vectors.
struct Folder {
    path: PathBuf,
    is_foreign: bool,
}

impl Folder {
    /// Returns the folder that `VECTORS_DIR` names, relative to the current folder or to the root of the workspace;
    /// without `VECTORS_DIR`, `tests/data`.
    #[expect(clippy::disallowed_methods, reason = "VECTORS_DIR is the only setting of the runner")]
    fn chosen() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let Some(named) = std::env::var_os("VECTORS_DIR").filter(|named| !named.is_empty()) else {
            return Self { path: package.join("data"), is_foreign: false };
        };
        let named = PathBuf::from(named);
        let from_root = package.join("..").join(&named);
        let path = if named.is_dir() { named } else { from_root };
        assert!(path.is_dir(), "VECTORS_DIR: {} is not a folder", path.display());
        Self { path, is_foreign: true }
    }

    fn json_files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut files: Vec<_> = entries.map(|entry| entry.path()).filter(|path| is_json(path)).collect();
        files.sort();
        files
    }
}

fn is_json(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "json")
}

#[expect(clippy::print_stdout, reason = "with --nocapture, the runner prints the results")]
fn print(text: &str) {
    println!("{text}");
}
