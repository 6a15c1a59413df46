//! The samples of the documentation: how wide their lines are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Violation;

/// The widest line of a sample. A page of the documentation shows about 96 columns, and cuts off the rest.
const WIDEST: usize = 92;

/// The folders that have no text of this repository, besides hidden ones.
const FOREIGN: [&str; 3] = ["corpus", "node_modules", "target"];

/// Returns the lines of samples in a workspace that are too wide: in the documentation of `crates/*/src`, and in all
/// Markdown files.
pub(crate) fn too_wide(workspace: &Path) -> io::Result<Vec<Violation>> {
    let mut violations = Vec::new();
    for path in texts(workspace, workspace)? {
        let text = fs::read_to_string(workspace.join(&path))?;
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        for (number, width) in wide_lines(&text, is_rust) {
            let problem = format!("the line of the sample has {width} columns; a page shows {WIDEST}");
            violations.push(Violation { file: path.display().to_string(), line: number, problem });
        }
    }
    Ok(violations)
}

/// The Markdown files of the workspace, and the sources of its crates.
fn texts(workspace: &Path, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let inside = path.strip_prefix(workspace).map_err(io::Error::other)?;
        if entry.file_type()?.is_dir() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with('.') && !FOREIGN.contains(&&*name) {
                found.extend(texts(workspace, &path)?);
            }
        } else if is_documentation(inside) {
            found.push(inside.to_owned());
        }
    }
    Ok(found)
}

fn is_documentation(path: &Path) -> bool {
    let mut folders = path.components().map(std::path::Component::as_os_str);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("md") => true,
        Some("rs") => {
            folders.next().is_some_and(|first| first == "crates") && folders.nth(1).is_some_and(|it| it == "src")
        }
        _ => false,
    }
}

/// The numbers and widths of lines that are too wide.
fn wide_lines(text: &str, is_rust: bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    // The language of the sample that the line belongs to.
    let mut inside: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let Some(line) = (if is_rust { documentation(line) } else { Some(line) }) else {
            inside = None;
            continue;
        };
        if let Some(language) = line.trim_start().strip_prefix("```") {
            inside = if inside.is_some() { None } else { Some(language) };
            continue;
        }
        let width = line.chars().count();
        // rustdoc hides the lines that begin with `# `.
        if inside.is_some_and(is_code) && width > WIDEST && !line.trim_start().starts_with("# ") {
            found.push((index + 1, width));
        }
    }
    found
}

/// Returns the text of a line that is a documentation comment.
fn documentation(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}

/// Rust is the language of a sample without a name. The lines of other languages, such as the configuration of a proxy,
/// cannot always be broken.
fn is_code(language: &str) -> bool {
    let mut words = language.split([',', ' ']);
    words.all(|word| {
        ["", "compile_fail", "ignore", "js", "no_run", "rust", "sh", "should_panic", "toml"].contains(&word)
    })
}
